import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { DirtyFile } from "../git/git.ts";
import { listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";
import { inParallel } from "../checks/in-parallel.ts";
import { findDisagreement } from "../worktree/disagreement.ts";
import { uncommittedFiles } from "../worktree/uncommitted.ts";

/** A worktree of calm's as it is at the moment. */
export interface WorktreeLook {
  readonly record: WorktreeRecord;
  /** Why it is not as calm made it. */
  readonly problem: string | undefined;
  /** The commit of its HEAD. */
  readonly head: string | undefined;
  readonly files: readonly DirtyFile[];
}

/** Looks at all worktrees that calm made, several at a time; one that cannot be looked at is told, never a failure. */
export async function lookAtWorktrees(context: Context): Promise<WorktreeLook[]> {
  const records = await listWorktreeRecords(await context.store());
  return inParallel(records, context.cores, (record) => lookAt(context, record));
}

/** Looks at one worktree. */
export async function lookAt(context: Context, record: WorktreeRecord): Promise<WorktreeLook> {
  const git = await context.git();
  const none = { record, head: undefined, files: [] };
  try {
    const problem = await findDisagreement(context, record);
    const head = await git.head(record.path);
    if (head === undefined) return { ...none, problem };
    // Those of a worktree on another branch are looked at as well: they are told.
    return { record, problem, head: head.commit, files: await uncommittedFiles(context, record) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...none, problem: error.message };
  }
}

/** The files of a worktree with staged changes. */
export function stagedFiles({ files }: WorktreeLook): readonly DirtyFile[] {
  return files.filter(({ state }) => state === "staged" || state === "both");
}
