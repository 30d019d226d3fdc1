import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Git } from "../git/git.ts";
import { listUndoneMerges } from "../store/journal.ts";
import { listMergesInto, type Merge } from "../store/merges.ts";

/** A merge that is on record, although undo has taken it off the default branch. */
export interface TakenBack {
  readonly merge: Merge;
  /** This calm's own journal has it, and not only the trailer of a commit, which anybody can write. */
  readonly borneOut: boolean;
}

/** The merges on record that undo has taken off a branch since, as its trailers and this calm's journal tell. */
export async function listTakenBack(context: Context, branch: string, tip: string): Promise<TakenBack[]> {
  const [git, store] = [await context.git(), await context.store()];
  const undone = new Set(await listUndoneMerges(store));
  const reverted = await git.calmReverts(tip);
  const found: TakenBack[] = [];
  for (const merge of await listMergesInto(store, branch)) {
    const borneOut = undone.has(merge.id);
    // Nothing on a branch that was moved back tells of it; but then the merge is not there either.
    const gone = reverted.has(merge.id) || (borneOut && !(await isReachable(git, merge.commit_sha, tip)));
    if (gone) found.push({ merge, borneOut });
  }
  return found;
}

/** Whether a commit, which may be gone altogether, is in a branch. */
export async function isReachable(git: Git, commit: string, tip: string): Promise<boolean> {
  try {
    return await git.isAncestor(commit, tip);
  } catch (error) {
    // git has no such commit any more.
    if (error instanceof Failure && error.code === "git_failed") return false;
    throw error;
  }
}
