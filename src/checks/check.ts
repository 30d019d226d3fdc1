import type { Context } from "../context.ts";
import type { CheckRun, CheckVerdict, FailedTest, TestCounts } from "../model/gate-run.ts";
import type { Task } from "../model/task.ts";
import type { Transition } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import type { Location } from "../project/location.ts";
import type { NewCheckRun, VerdictKey } from "../store/check-runs.ts";
import type { CommandRunner } from "./run-commands.ts";

/** What a check looks at: one commit of one task, fixed before anything runs. */
export interface Subject {
  readonly context: Context;
  readonly task: Task;
  readonly transition: Transition;
  readonly loaded: LoadedConfig;
  readonly location: Location;
  /** The commit that code checks look at: the task's HEAD, the merge candidate, or the default branch's tip. */
  readonly commit: string;
  readonly tree: string;
  /** What the commit's changes are counted against. */
  readonly base: string;
  /** Approvals that this project's gate asks for. */
  readonly reviewsRequired: number;
  /** Verdicts of the command checks of this run, which some checks build upon. */
  readonly commands: ReadonlyMap<string, CommandResult>;
  /** Runs the project's commands elsewhere, as the proof of a regression test does. */
  readonly runner: CommandRunner;
}

/** What there is to look at before any command has ended. */
export type CommitSubject = Omit<Subject, "commands" | "runner">;

/** What a check leaves behind besides its verdict: how, where and on what it ran. */
export type Evidence = Pick<
  NewCheckRun,
  | "room"
  | "argv"
  | "exit_code"
  | "signal"
  | "counts"
  | "duration_ms"
  | "log_path"
  | "log_sha256"
  | "log_bytes"
  | "cached_from"
  | "attempts"
  | "tree"
  | "definition"
  | "toolchain"
>;

/** One counted attempt of a check that runs tests. */
interface CountedAttempt {
  readonly counts: TestCounts;
  readonly failedTests: readonly FailedTest[];
  readonly durationMs: number;
}

/** The outcome of a check that runs a command. */
export interface CommandResult {
  readonly verdict: CheckVerdict;
  readonly message: string;
  readonly counts: TestCounts | null;
  /** What failed in the last attempt; of a flaky check, what failed before it. */
  readonly failedTests: readonly FailedTest[];
  /** Its counted attempts; absent where nothing was run now. */
  readonly testRuns?: readonly CountedAttempt[];
  readonly evidence: Evidence;
  /** The check of the same gate that demands the very same, and whose run this is. */
  readonly sharedWith?: string;
}

/** The answer of a check that calm evaluates itself. */
export interface CheckResult {
  readonly verdict: "pass" | "fail" | "not_applicable";
  /** What was looked at, and what is missing. */
  readonly message: string;
  readonly evidence?: Evidence;
}

/** One gate condition that needs no command of the project. */
export type Check = (subject: Subject) => Promise<CheckResult>;

/** One that looks at commits alone, and so waits for no command. */
export type CommitCheck = (subject: CommitSubject) => Promise<CheckResult>;

/** One that may find, before the commands have ended, that commits alone decide it; undefined = they do not. */
export type EarlyCheck = (subject: CommitSubject) => Promise<CheckResult | undefined>;

/** A check that holds. */
export function pass(message: string, evidence?: Evidence): CheckResult {
  return { verdict: "pass", message, ...(evidence && { evidence }) };
}

/** A check that does not hold. */
export function fail(message: string, evidence?: Evidence): CheckResult {
  return { verdict: "fail", message, ...(evidence && { evidence }) };
}

/** The evidence of a check that only looked at a tree. */
export function lookedAt(check: string, tree: string): Evidence {
  const nothing = { room: null, argv: null, exit_code: null, signal: null, counts: null, duration_ms: null };
  const noLog = { log_path: null, log_sha256: null, log_bytes: null, cached_from: null, attempts: null };
  return { ...nothing, ...noLog, tree, definition: check, toolchain: "" };
}

/** The evidence of an earlier run of the same content, definition and tools. */
export function reused(found: CheckRun, key: VerdictKey): Evidence {
  const { room, argv, exit_code, signal, counts, duration_ms, attempts, log_path, log_sha256 } = found;
  const log = { log_path, log_sha256, log_bytes: null };
  const seen = { room, argv, exit_code, signal, counts, duration_ms, attempts, ...log };
  return { ...seen, ...key, cached_from: found.id };
}
