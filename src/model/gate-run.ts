import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";

/** Where a check ran: the task's worktree, or a clean checkout outside the repository. */
export const Room = z.enum(["worktree", "clean"]);
export type Room = z.output<typeof Room>;

/** The state of a run; only `finished` has a verdict. `imported` = a pass of the original's, which proves nothing here. */
export const RunState = z.enum(["running", "finished", "interrupted", "abandoned", "imported"]);

/** The verdict of a run; `void` = the content changed under it. */
export const RunVerdict = z.enum(["pass", "fail", "void"]);

/** How one check ended; `flaky` = it failed, and passed when it was run again. */
export const CheckVerdict = z.enum(["pass", "flaky", "fail", "not_applicable", "overridden"]);
export type CheckVerdict = z.output<typeof CheckVerdict>;

/** One evaluation of a gate: the evidence that a transition reads. */
export const GateRun = z.object({
  id: Count,
  task_id: z.string(),
  transition: z.string(),
  state: RunState,
  verdict: z.nullable(RunVerdict),
  reason: field(z.nullable(z.string()), "Why the run is void or was cut short"),
  commit_sha: z.string(),
  tree: z.string(),
  base_sha: z.string(),
  anchor: field(z.string(), "What the verdict belongs to"),
  definition: field(z.string(), "Hash of the gate's definition"),
  actor: z.string(),
  host: z.string(),
  started_at: Time,
  ended_at: z.nullable(Time),
  voided_at: field(z.nullable(Time), "When the task went back behind it; it counts no more"),
});
export type GateRun = z.output<typeof GateRun>;

/** Test cases as a report lists them. */
export const TestCounts = z.object({
  total: Count,
  passed: Count,
  failed: Count,
  errors: Count,
  skipped: Count,
});
export type TestCounts = z.output<typeof TestCounts>;

/** A test that failed, with its message. */
export const FailedTest = z.object({ name: z.string(), message: z.string() });
export type FailedTest = z.output<typeof FailedTest>;

/** What the column `tree` of a check run ends in when it holds the hash of declared inputs, not a whole tree. */
export const ofInputs = "-inputs";

/** One check within a gate run. */
export const CheckRun = z.object({
  id: Count,
  gate_run_id: Count,
  check: z.string(),
  room: z.nullable(Room),
  verdict: CheckVerdict,
  message: z.string(),
  argv: z.nullable(z.array(z.string())),
  exit_code: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  counts: z.nullable(TestCounts),
  duration_ms: z.nullable(Count),
  log_path: z.nullable(z.string()),
  log_sha256: z.nullable(z.string()),
  cached_from: field(z.nullable(Count), "The check run whose verdict was reused"),
  ran_on: z.optional(
    field(z.string(), "Tree that the reused verdict was run on, where only its inputs are the same"),
  ),
  attempts: field(z.nullable(Count), "How often the command was run; more than once = it failed before"),
  failures: field(z.nullable(z.array(FailedTest)), "Failed tests, or findings of a linter; at most 200"),
});
export type CheckRun = z.output<typeof CheckRun>;
