import * as z from "zod/mini";
import type { WorktreeStep } from "../../merge/merge-journal.ts";
import { field, Time } from "../../model/field.ts";
import { describePush, Push } from "../../model/push.ts";
import { describePutBack, type RowChange } from "../../model/row-change.ts";
import { ago } from "../../text/ago.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Text } from "../../text/text.ts";

/** What taking the last operation back came to, or would do. */
export const UndoAnswer = z.object({
  operation: field(z.string(), "The operation that is taken back"),
  summary: field(z.string(), "What it did"),
  actor: field(z.string(), "Who made it"),
  at: Time,
  task: z.nullable(z.string()),
  events: field(z.array(z.int()), "The numbers of its events in the log"),
  passed: field(z.boolean(), "False = the revert is red, and nothing has changed"),
  dry_run: z.boolean(),
  rows: field(z.array(z.string()), "What becomes of each row, in words"),
  worktrees: z.array(
    z.object({
      task: z.string(),
      path: z.string(),
      branch: z.string(),
      action: field(
        z.enum(["remove", "leave", "bring_back", "take_over"]),
        "`leave` = it was there before calm took it over; `take_over` = it is there, and is calm's again",
      ),
      done: field(z.boolean(), "False = not yet, or the warnings say what prevented it and the way on"),
    }),
  ),
  branch: field(
    z.nullable(
      z.object({
        name: field(z.string(), "The default branch"),
        how: z.enum(["move_back", "revert"]),
        because: field(z.nullable(z.string()), "Why it is not simply moved back"),
        from: field(z.string(), "The merge"),
        to: field(z.nullable(z.string()), "Where the branch is then; null = the revert is not built yet"),
        pushes: field(z.boolean(), "The revert is pushed, as merges are"),
      }),
    ),
    "What becomes of the default branch; null = nothing",
  ),
  push: field(z.optional(Push), "What became of pushing the revert; absent unless it is pushed"),
  gate_run: field(z.nullable(z.int()), "The run that checked the revert"),
  failed: field(
    z.array(z.object({ check: z.string(), message: z.string() })),
    "Checks that the revert fails",
  ),
});
export type UndoAnswer = z.output<typeof UndoAnswer>;

/** What becomes of each row, in words; what becomes of a worktree says more than what becomes of its row. */
export function describeRows(rows: readonly RowChange[]): string[] {
  return rows
    .filter(({ table, before, after }) => table !== "worktrees" || (before && after))
    .toReversed()
    .flatMap((change) => describePutBack(change) ?? []);
}

/** What becomes of worktrees. */
export function describeSteps(
  steps: readonly WorktreeStep[],
  isDone: (step: WorktreeStep) => boolean,
): UndoAnswer["worktrees"] {
  return steps.map((step) => {
    const { kind, task, path, branch } = step;
    return { task, path, branch, action: kind, done: isDone(step) };
  });
}

/** An undo for people. */
export function describeUndo(answer: UndoAnswer, text: Text): string {
  const { operation, summary, actor, at, dry_run: dry, passed, failed } = answer;
  const verb = dry ? "Would take back" : passed ? "Took back" : "Not taken back";
  const head = `${verb}: ${operation} by ${actor}, ${ago(at, text.now)}`;
  if (!passed) {
    const lines = failed.map(
      ({ check, message }) => `[FAIL] ${check}\n    ${message.replaceAll("\n", "\n    ")}`,
    );
    return [head, "The revert does not pass; nothing has changed", ...lines]
      .map((line) => escapeControls(line, "keep"))
      .join("\n");
  }
  return [
    head,
    `  ${summary}`,
    ...branchLines(answer),
    ...worktreeLines(answer),
    ...answer.rows.map((row) => `  ${row}`),
  ]
    .map((line) => escapeControls(line))
    .join("\n");
}

function branchLines({ branch, push, dry_run: dry }: UndoAnswer): string[] {
  if (!branch) return [];
  const { name, how, because, to, pushes } = branch;
  if (how === "move_back") return [`  branch ${name}: back at ${(to ?? "").slice(0, 7)}`];
  if (dry) {
    const deed = pushes ? "a revert, once its checks pass, and pushed" : "a revert, once its checks pass";
    return [`  branch ${name}: ${deed}, because ${because ?? ""}`];
  }
  return [
    `  branch ${name}: reverted by ${(to ?? "").slice(0, 7)}, because ${because ?? ""}`,
    ...(push ? [`  ${describePush(push)}`] : []),
  ];
}

const actions = {
  remove: "is removed; what was done there since is kept",
  leave: "stays, no longer calm's",
  bring_back: "is back",
  take_over: "is calm's again",
} as const;

/** Why not is told in a warning. */
const failures: Readonly<Record<keyof typeof actions, string>> = {
  remove: "is still there",
  leave: "stays",
  bring_back: "did not come back",
  take_over: "is not taken over again",
};

function worktreeLines({ worktrees, dry_run: dry }: UndoAnswer): string[] {
  return worktrees.map(({ path, branch, action, done }) => {
    const outcome = done || dry ? actions[action] : failures[action];
    return `  worktree ${path} (branch ${branch}): ${outcome}`;
  });
}
