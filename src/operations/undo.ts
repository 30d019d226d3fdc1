import * as z from "zod/mini";
import { planUndo, type UndoPlan } from "../merge/plan-undo.ts";
import { undoOperation, type UndoOutcome } from "../merge/undo-operation.ts";
import { DryRun, Yes } from "../model/field.ts";
import { keepLease } from "../workers/keep-lease.ts";
import { defineOperation } from "./operation.ts";
import { describeRows, describeSteps, describeUndo, UndoAnswer } from "./undo/describe-undo.ts";
import { finishInterrupted, foreseeFinish } from "./undo/finish-interrupted.ts";
import { requireAllowed } from "./undo/require-allowed.ts";

/** `calm undo` */
export const undo = defineOperation({
  name: "undo",
  summary: "Take back the last operation of this project: its rows, worktree, branch and merge",
  kind: "undone",
  effect: "destroy",
  examples: ["calm undo --dry-run", "calm undo", "calm undo --yes"],
  input: z.object({ yes: Yes, dry_run: DryRun }),
  output: UndoAnswer,
  async run(context, input) {
    if (input.dry_run) {
      const interrupted = await foreseeFinish(context);
      if (interrupted) return interrupted;
      const plan = await planUndo(context);
      return { ...answerOf(plan, undefined), dry_run: true };
    }
    const finished = await finishInterrupted(context);
    if (finished) return finished;
    const plan = await planUndo(context);
    await requireAllowed(context, plan, input.yes);
    const outcome = await keepLease(context, (kept) => undoOperation(kept, plan));
    return answerOf(outcome.plan, outcome);
  },
  text: (answer, text) => describeUndo(answer, text),
  passed: ({ passed }) => passed,
  next: ({ passed, gate_run: run }) => (passed || run === null ? [] : [`calm gate log ${run}`]),
});

function answerOf(plan: UndoPlan, outcome: UndoOutcome | undefined): z.output<typeof UndoAnswer> {
  const { call, rows, steps, branch } = plan;
  const { operation, actor, at, task, events, summaries } = call;
  // What becomes of a worktree says more than what becomes of its row.
  return {
    ...{ operation, actor, at, task, events: [...events], summary: summaries.join("; ") },
    ...{ dry_run: false, passed: outcome?.undone ?? true },
    rows: describeRows(rows),
    worktrees: describeSteps(steps, ({ task: of }) => outcome?.undone === true && !outcome.left.includes(of)),
    branch: branch
      ? {
          ...{ name: branch.target, how: branch.how, because: branch.because ?? null, from: branch.commit },
          pushes: branch.pushRevert,
          to: outcome?.commit ?? (branch.how === "move_back" ? branch.old : null),
        }
      : null,
    ...(outcome?.push && { push: outcome.push }),
    gate_run: outcome?.report?.run.id ?? null,
    failed: (outcome?.report?.checks ?? [])
      .filter(({ verdict }) => verdict === "fail")
      .map(({ check, message }) => ({ check, message })),
  };
}
