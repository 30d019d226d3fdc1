import type { Context } from "../context.ts";
import { abandon, isBeforePublishing, pinRef, type UndoJournal } from "./merge-journal.ts";
import { tellUnconfirmed } from "./push.ts";
import { endGate, putCheckoutRight } from "./put-right.ts";
import { finishUndo, recordMoved } from "./undo-record.ts";

/**
 * Finishes an interrupted undo when the default branch has moved, or its rows are back; else leaves the operation as it
 * was. The caller holds the repository lock, and nothing that the undo started runs any more. Gives what `finishUndo` does;
 * undefined when nothing is undone.
 */
export async function recoverUndo(
  context: Context,
  id: string,
  state: string,
  data: UndoJournal,
): Promise<readonly string[] | undefined> {
  const { candidate } = data;
  if (state !== "published") {
    if (candidate === undefined || isBeforePublishing(state)) {
      await endGate(context, data.revert?.gateRun);
      await abandon(context, id, data);
      return undefined;
    }
    const moved = await hasMoved(context, id, { ...data, candidate });
    await putCheckoutRight(context, id, state, { ...data, candidate });
    if (!moved) {
      await abandon(context, id, data);
      return undefined;
    }
    await recordMoved(context, id, data);
    if (data.push === true) await tellUnconfirmed(context, { ...data, candidate });
  }
  return finishUndo(context, id, data, { again: false });
}

async function hasMoved(
  context: Context,
  id: string,
  { target, candidate, merge, revert }: UndoJournal & { readonly candidate: string },
): Promise<boolean> {
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${target}`);
  if (current === undefined) return false;
  if (current === candidate) return true;
  // Without its pin it was being abandoned, and git may no longer have the commit to be asked about.
  if ((await git.commitOf(pinRef(id))) === undefined) return false;
  // What the branch was before the merge is in it either way; that the merge is not tells that it was moved back.
  if (!revert) return merge !== undefined && !(await git.isAncestor(merge.commit, current));
  return git.isAncestor(candidate, current);
}
