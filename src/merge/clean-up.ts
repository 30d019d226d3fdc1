import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { setJournal } from "../store/journal.ts";
import { findWorktree, type WorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { isGuest, releaseGuest } from "../worktree/guest.ts";
import { planCleanRemoval, planRemoval, requireNothingToLose } from "../worktree/plan-removal.ts";
import { removeWorktree } from "../worktree/remove-worktree.ts";
import { type BuiltMerge, dropPin, journal, pinRef } from "./merge-journal.ts";

/**
 * Removes the worktree and branch of a merged task, which has been looked into a moment ago or not; what prevents it is
 * told and left for later.
 */
export async function cleanUp(
  context: Context,
  id: string,
  merge: BuiltMerge,
  { lookedInto }: { readonly lookedInto: boolean } = { lookedInto: false },
): Promise<boolean> {
  failpoint("merge.recorded");
  // Who lands documents works on.
  const stays = merge.docs === true;
  const worktree = stays ? undefined : await findWorktree(await context.store(), merge.task);
  const removed = !stays && !worktree && (await isCleared(context, merge.task));
  if (worktree && (await isGuest(context, worktree))) {
    await releaseGuest(context, worktree);
    const git = `git -C ${shellQuote((await context.project()).root)}`;
    const remove = `${git} worktree remove ${shellQuote(worktree.path)} && ${git} branch -d ${merge.task}`;
    context.warn(`${worktree.path} is not calm's own and stays, with its branch. Remove it: ${remove}`);
  } else if (worktree) {
    try {
      await removeMerged(context, id, merge, { worktree, lookedInto });
      failpoint("merge.cleaned");
      return true;
    } catch (error) {
      // The merge has landed whatever becomes of the folder.
      if (!(error instanceof Failure)) throw error;
      const reason = error.message.replace(/\.$/, "");
      const later = `cd ${shellQuote((await context.project()).root)} && calm worktree remove ${merge.task}`;
      context.warn(`The worktree of ${merge.task} is still there: ${reason}. Remove it later: ${later}`);
    }
  }
  await dropPin(context, id);
  await journal(context, id, "done", merge);
  return removed;
}

/** Removes a worktree with nothing in it that is not merged, which ends the merge: its pin goes with the branch. */
async function removeMerged(
  context: Context,
  id: string,
  merge: BuiltMerge,
  { worktree, lookedInto }: { readonly worktree: WorktreeRecord; readonly lookedInto: boolean },
): Promise<void> {
  const look = lookedInto ? planCleanRemoval : planRemoval;
  const plan = await look(context, worktree, merge.candidate);
  requireNothingToLose(plan);
  await removeWorktree(context, plan, "merged", {
    refs: new Map([[pinRef(id), merge.candidate]]),
    record: async (tx) => {
      await setJournal(tx, id, "done", merge, true); // false = it was ended before
    },
  });
}

/** Whether neither a worktree nor a branch of a merged task is left. */
export async function isCleared(context: Context, task: string): Promise<boolean> {
  if ((await findWorktree(await context.store(), task)) !== undefined) return false;
  return (await (await context.git()).commitOf(`refs/heads/${task}`)) === undefined;
}
