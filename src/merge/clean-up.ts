import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { findWorktree } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { isGuest, releaseGuest } from "../worktree/guest.ts";
import { planRemoval, requireNothingToLose } from "../worktree/plan-removal.ts";
import { removeWorktree } from "../worktree/remove-worktree.ts";
import { type BuiltMerge, dropPin, journal } from "./merge-journal.ts";

/** Removes the worktree and branch of a merged task; what prevents it is told and left for later. */
export async function cleanUp(context: Context, id: string, merge: BuiltMerge): Promise<boolean> {
  failpoint("merge.recorded");
  // Who lands documents works on.
  const stays = merge.docs === true;
  const worktree = stays ? undefined : await findWorktree(await context.store(), merge.task);
  let removed = !stays && !worktree && (await isCleared(context, merge.task));
  if (worktree && (await isGuest(context, worktree))) {
    await releaseGuest(context, worktree);
    const git = `git -C ${shellQuote((await context.project()).root)}`;
    const remove = `${git} worktree remove ${shellQuote(worktree.path)} && ${git} branch -d ${merge.task}`;
    context.warn(`${worktree.path} is not calm's own and stays, with its branch. Remove it: ${remove}`);
  } else if (worktree) {
    try {
      const plan = await planRemoval(context, worktree, merge.candidate);
      requireNothingToLose(plan);
      await removeWorktree(context, plan, "merged");
      removed = true;
      failpoint("merge.cleaned");
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

/** Whether neither a worktree nor a branch of a merged task is left. */
export async function isCleared(context: Context, task: string): Promise<boolean> {
  if ((await findWorktree(await context.store(), task)) !== undefined) return false;
  return (await (await context.git()).commitOf(`refs/heads/${task}`)) === undefined;
}
