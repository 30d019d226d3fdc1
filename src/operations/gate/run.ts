import * as z from "zod/mini";
import { checkNames, chooseChecks } from "../../checks/choose-checks.ts";
import { readGateSubject } from "../../checks/gate-subject.ts";
import { runChecksApart } from "../../checks/run-apart.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field } from "../../model/field.ts";
import { CheckRun, Room } from "../../model/gate-run.ts";
import type { Task } from "../../model/task.ts";
import { transitionsFrom } from "../../model/workflow.ts";
import { findTask, getTask } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { keepLease } from "../../workers/keep-lease.ts";
import { listFiles } from "../../worktree/uncommitted.ts";
import { findTaskHere } from "../../worktree/task-here.ts";
import { defineOperation } from "../operation.ts";
import { checkLines } from "./describe-gate-run.ts";
import { findNext } from "./find-next.ts";

const Outcome = z.omit(CheckRun, { id: true, gate_run_id: true, cached_from: true });

const Answer = z.object({
  task: z.string(),
  commit_sha: z.string(),
  tree: z.string(),
  uncommitted: field(
    z.array(z.string()),
    "Files that were not committed: commands in the worktree have seen them, a gate refuses them",
  ),
  checks: z.array(Outcome),
  passed: z.boolean(),
  change: field(z.nullable(z.string()), "What changed while the checks ran; it would make a gate's run void"),
  next: z.string(),
});

/** `calm gate run` */
export const gateRun = defineOperation({
  name: "gate run",
  summary: "Run some checks of a task without recording anything: no gate opens by it",
  kind: "checks_apart",
  effect: "write",
  examples: [
    "calm gate run SPEC-001 tests",
    "calm gate run SPEC-001 tests lint no_todos",
    "calm gate run SPEC-001 tests --room clean",
  ],
  input: z.object({
    task: z.optional(field(z.string(), "Task; default CALM_TASK, or the one whose worktree one stands in")),
    checks: field(
      z._default(z.array(z.string()), []),
      "Checks to run: a part such as tests:web, or all parts by the whole name",
    ),
    room: z.optional(field(Room, "Where the commands run; default as in the gate")),
  }),
  positional: ["task", "checks"],
  output: Answer,
  async run(context, input) {
    const { task, checks: names } = await readWords(context, input);
    const next = await findNext(context, task);
    const [first] = transitionsFrom(task.type, task.phase);
    const subject = await readGateSubject(context, task, next ?? first ?? lastOf(task));
    for (const note of subject.notes) context.warn(note);
    if (names.length === 0) throw nothingNamed(checkNames(task.type, subject.loaded, subject.commands));
    const { gate, checks } = chooseChecks(names, task, next, subject);
    const { outcomes, uncommitted, change } = await keepLease(context, async (kept) =>
      runChecksApart(kept, { ...subject, gate }, checks, input.room),
    );
    const { commit: commit_sha, tree } = subject.location;
    return {
      ...{ task: task.id, commit_sha, tree, uncommitted: [...uncommitted], change },
      checks: outcomes.map(({ check, verdict, message, failedTests, evidence }) => ({
        ...{ check, verdict, message, failures: failedTests.length > 0 ? [...failedTests] : null },
        ...{ room: evidence.room, argv: evidence.argv, exit_code: evidence.exit_code },
        ...{ signal: evidence.signal, counts: evidence.counts, duration_ms: evidence.duration_ms },
        ...{ log_path: evidence.log_path, log_sha256: evidence.log_sha256, attempts: evidence.attempts },
      })),
      passed: outcomes.length > 0 && outcomes.every(({ verdict }) => verdict !== "fail"),
      next: next === undefined ? `calm task show ${task.id}` : `calm gate check ${task.id} ${next}`,
    };
  },
  text(answer, text) {
    const { colors } = text;
    const { uncommitted, change } = answer;
    const files = listFiles(uncommitted.map((path) => ({ path: escapeControls(path) })));
    return [
      colors.bold("Checks, not recorded"),
      `Task: ${answer.task}`,
      `Commit: ${answer.commit_sha}`,
      ...(uncommitted.length > 0 ? [colors.yellow(`Not committed: ${files}`)] : []),
      "",
      ...answer.checks.map((check) => checkLines({ ...check, cached_from: null }, text)),
      "",
      ...(change === null ? [] : [colors.yellow(`A gate would be void: ${escapeControls(change)}`)]),
      answer.passed
        ? colors.green("PASSED, and nothing recorded")
        : colors.red("FAILED, and nothing recorded"),
    ].join("\n");
  },
  passed: ({ passed }) => passed,
  next: ({ passed, next }) => (passed ? [next] : []),
});

interface Words {
  readonly task?: string | undefined;
  readonly checks: readonly string[];
}

/** The task and the checks: where the first word is no task, it is a check of the task at hand. */
async function readWords(
  context: Context,
  { task: first, checks }: Words,
): Promise<{ readonly task: Task; readonly checks: readonly string[] }> {
  const store = await context.store();
  const named = first === undefined ? undefined : await findTask(store, first);
  if (named) return { task: named, checks };
  const here = context.env["CALM_TASK"] ?? (await findTaskHere(context));
  if (here !== undefined) {
    const task = await getTask(store, here);
    return { task, checks: first === undefined ? checks : [first, ...checks] };
  }
  if (first !== undefined && checks.length > 0) return { task: await getTask(store, first), checks };
  throw new Failure("invalid_input", "No task is named, and the current directory is no task's worktree", {
    hint: "Name both: calm gate run <task> <check>",
  });
}

/** The gate that a task which is DONE came through last. */
function lastOf({ type }: Task): "VERIFY-DONE" | "MERGED-DONE" {
  return type === "feature" ? "VERIFY-DONE" : "MERGED-DONE";
}

function nothingNamed(known: readonly string[]): Failure {
  return new Failure("invalid_input", "Name a check to run", {
    hint: `The checks: ${known.join(", ")}`,
    details: { checks: [...known] },
  });
}
