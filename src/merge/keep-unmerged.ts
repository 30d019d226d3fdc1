import type { Context } from "../context.ts";
import { gitIn } from "../model/shell-quote.ts";
import { keepCommit } from "../worktree/keep-aside.ts";
import { pinRef, type UndoJournal } from "./merge-journal.ts";

/**
 * Keeps the work of a merge that is off the default branch in the attic, where no branch came back to it. The pin still
 * holds it; without one this has been done.
 */
export async function keepUnmerged(
  context: Context,
  id: string,
  { task, merge, revert }: UndoJournal,
): Promise<void> {
  const git = await context.git();
  const work = revert?.again ?? merge?.head;
  if (work === undefined || (await git.commitOf(pinRef(id))) === undefined) return;
  if ((await git.refsContaining(work)).length > 0) return;
  const kept = await keepCommit(context, task, work, "undo");
  const branch = `refs/heads/${task}`;
  const checkout = (await git.listWorktrees()).find((one) => one.branch === branch)?.path;
  // The branch does not follow by itself: somebody may be at work on it.
  const land = `To land it again: ${checkout === undefined ? "git -C <worktree>" : gitIn(checkout)} merge --ff-only ${kept}`;
  const isThere = (await git.commitOf(branch)) !== undefined;
  const way = isThere ? land : `Bring it back: calm worktree restore ${task}`;
  context.warn(`The work of ${task} is kept as ${kept}. ${way}`);
}
