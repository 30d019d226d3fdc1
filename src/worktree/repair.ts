import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { findWorktree, removeWorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { findRemovable } from "./holder.ts";
import type { WorktreeIssue } from "./issue.ts";
import { planRemoval, requireNothingToLose } from "./plan-removal.ts";
import { removeWorktree } from "./remove-worktree.ts";

/**
 * Does what --fix may do about an issue; looks again before, because the issue was seen without the lock. What
 * prevents it is told, and left. The caller holds the lock.
 */
export async function repairWorktree(context: Context, issue: WorktreeIssue, tip: string): Promise<void> {
  try {
    if (issue.repair === "forget_folder" && issue.path !== null)
      await forget(context, issue.task, issue.path);
    if (issue.repair === "remove_merged" && issue.task !== null) await removeMerged(context, issue.task, tip);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.warn(`${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`);
  }
}

/** Forgets a worktree whose folder is gone; its branch, with all that was committed, stays. */
async function forget(context: Context, task: string | null, path: string): Promise<void> {
  if (pathExists(path)) return;
  const git = await context.git();
  const listed = (await git.listWorktrees()).find((one) => one.path === path);
  if (listed?.locked !== undefined) return;
  if (listed) await git.forgetWorktree(path);
  if (task === null) return;
  const store = await context.store();
  await store.write(async (tx) => {
    if ((await findWorktree(tx, task))?.path === path) await removeWorktreeRecord(tx, task);
    await tx.event({ task, summary: `forgot the worktree ${path}, which is gone`, data: { path } });
  });
}

async function removeMerged(context: Context, task: string, tip: string): Promise<void> {
  const worktree = await findRemovable(context, task);
  if (!worktree) return;
  const plan = await planRemoval(context, worktree, tip);
  requireNothingToLose(plan);
  await removeWorktree(context, plan, "worktree health --fix");
}
