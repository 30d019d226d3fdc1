import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { RowChange } from "../model/row-change.ts";
import { findLastCall, forgetChanges, listChanges } from "../store/changes.ts";
import { voidGateRuns } from "../store/gate-runs.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { netRows, putBack } from "../store/put-back.ts";
import type { Writer } from "../store/store.ts";
import { findTask } from "../store/tasks.ts";
import { mergeTransition, requireUnlocked } from "./admit.ts";
import { keepUnmerged } from "./keep-unmerged.ts";
import { dropPin, journal, type UndoJournal } from "./merge-journal.ts";
import { changedSince, overtaken, requireAsLeft, type UndoPlan } from "./plan-undo.ts";
import { tellUnpushedRevert } from "./push.ts";
import { undoWorktrees } from "./undo-worktrees.ts";

/**
 * Refuses unless the operation is still the last one and everything is as it left it; asked within the transaction. While
 * a revert was checked others may have gone on: it need only not have been taken back.
 */
export async function requireStillLast(tx: Writer, { call, rows, branch }: UndoPlan): Promise<void> {
  const last = await findLastCall(tx, branch?.how === "revert" ? call.events : undefined);
  if (last?.events.at(-1) !== call.events.at(-1)) throw overtaken(call);
  await requireAsLeft(tx, rows, call);
}

/** Puts the rows of an operation back that moved nothing in git, or only worktrees, which follow as `finishUndo` says. */
export async function undoRows(
  context: Context,
  plan: UndoPlan,
  data: UndoJournal,
): Promise<readonly string[]> {
  const store = await context.store();
  const id = context.newId("OP");
  await store.write(async (tx) => {
    await requireStillLast(tx, plan);
    const gone = await putBack(tx, plan.rows);
    if (gone.length > 0) {
      throw changedSince(
        plan.call,
        gone.map((row) => `${row} hangs on it`),
      );
    }
    if (data.steps.length > 0) await openJournal(tx, { id, task: data.task, state: "published", data });
    await tellUndone(tx, data, plan.rows);
  });
  return data.steps.length > 0 ? finishUndo(context, id, data, { again: true }) : [];
}

/** Refuses a move of the default branch that must not begin, or writes down that it does. */
export async function startMoving(tx: Writer, id: string, plan: UndoPlan, data: UndoJournal): Promise<void> {
  await requireUnlocked(tx);
  await requireStillLast(tx, plan);
  if (await setJournal(tx, id, "publishing", data)) return;
  throw new Failure("lost_race", `The undo ${id} has been taken back meanwhile`, { hint: "Try again" });
}

/** Writes down that the default branch has moved: the rows follow it, whatever was done to them meanwhile. */
export async function recordMoved(context: Context, id: string, data: UndoJournal): Promise<void> {
  // The branch has moved in git: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  await store.write(async (tx) => {
    const changes = await listChanges(tx, data.events);
    const rows = (await netRows(tx, changes)).map((change) => onRevert(change, data));
    await putBack(tx, rows);
    const task = await findTask(tx, data.task);
    if (task) await voidGateRuns(tx, task.id, [mergeTransition(task)]);
    await tellUndone(tx, data, rows);
    await setJournal(tx, id, "published", data);
  });
}

/** A worktree stands without its install, and on a revert it stands on that. */
function onRevert(change: RowChange, { revert, candidate }: UndoJournal): RowChange {
  const { table, before, after } = change;
  if (table !== "worktrees" || before === null || after !== null) return change;
  const base = revert === undefined ? {} : { base_sha: candidate ?? null };
  return { ...change, before: { ...before, setup_key: null, ...base } };
}

async function tellUndone(tx: Writer, data: UndoJournal, rows: readonly RowChange[]): Promise<void> {
  await forgetChanges(tx, data.events);
  const { events, what, task, candidate, revert, target } = data;
  const moved =
    candidate === undefined
      ? undefined
      : `; ${target} is ${revert ? "reverted by" : "back at"} ${candidate.slice(0, 7)}`;
  await tx.event({
    ...(task !== "" && { task }),
    summary: `took back ${what}${moved ?? ""}`,
    data: { undid: events, ...(candidate !== undefined && { target, candidate }), changes: rows },
    undo: "pass_over",
  });
}

/**
 * Does what follows the rows, and ends the entry, which stays open for `again` where the system refuses something; gives
 * the tasks whose worktrees are not what they are to be.
 */
export async function finishUndo(
  context: Context,
  id: string,
  data: UndoJournal,
  { again }: { readonly again: boolean },
): Promise<readonly string[]> {
  const left = await undoWorktrees(context, id, data, again);
  await keepUnmerged(context, id, data);
  await tellUnpushedRevert(context, data);
  await dropPin(context, id);
  await journal(context, id, "done", { ...data, left });
  return left;
}
