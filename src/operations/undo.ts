import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { administer } from "../merge/administer.ts";
import { planUndo, type UndoPlan } from "../merge/plan-undo.ts";
import { undoOperation, type UndoOutcome } from "../merge/undo-operation.ts";
import { DryRun, Yes } from "../model/field.ts";
import { describePutBack } from "../model/row-change.ts";
import { listOpenJournal } from "../store/journal.ts";
import { keepLease } from "../workers/keep-lease.ts";
import { defineOperation } from "./operation.ts";
import { describeUndo, UndoAnswer } from "./undo/describe-undo.ts";
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
      const plan = await planUndo(context);
      return { ...answerOf(plan, undefined), dry_run: true };
    }
    // What was cut short is finished or taken back first: it may be the last operation.
    if ((await listOpenJournal(await context.store())).length > 0) await putRight(context);
    const plan = await planUndo(context);
    await requireAllowed(context, plan, input.yes);
    const outcome = await keepLease(context, (kept) => undoOperation(kept, plan));
    return answerOf(outcome.plan, outcome);
  },
  text: (answer, text) => describeUndo(answer, text),
  passed: ({ passed }) => passed,
  next: ({ passed, gate_run: run }) => (passed || run === null ? [] : [`calm gate log ${run}`]),
});

async function putRight(context: Context): Promise<void> {
  await administer(context, () => Promise.resolve());
}

function answerOf(plan: UndoPlan, outcome: UndoOutcome | undefined): z.output<typeof UndoAnswer> {
  const { call, rows, steps, branch } = plan;
  const { operation, actor, at, task, events, summaries } = call;
  // What becomes of a worktree says more than what becomes of its row.
  return {
    ...{ operation, actor, at, task, events: [...events], summary: summaries.join("; ") },
    ...{ dry_run: false, passed: outcome?.undone ?? true },
    rows: rows
      .filter(({ table, before, after }) => table !== "worktrees" || (before && after))
      .toReversed()
      .flatMap((change) => describePutBack(change) ?? []),
    worktrees: steps.map(({ kind, task: of, path, branch: name }) => ({
      ...{ task: of, path, branch: name, action: kind },
      done: outcome?.undone === true && !outcome.left.includes(of),
    })),
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
