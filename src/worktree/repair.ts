import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import { findWorktree, removeWorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { isGuest, releaseGuest } from "./guest.ts";
import { findRemovable } from "./holder.ts";
import type { WorktreeIssue } from "./issue.ts";
import { deleteLeftover, isLeftover } from "./leftover.ts";
import { planRemoval, requireNothingToLose } from "./plan-removal.ts";
import { removeWorktree } from "./remove-worktree.ts";

const reason = "worktree health --fix";

/**
 * Does what --fix may do about an issue; looks again before, because the issue was seen without the lock. What
 * prevents it is told, and left. The caller holds the lock.
 */
export async function repairWorktree(context: Context, issue: WorktreeIssue, tip: string): Promise<void> {
  const { task, path, repair } = issue;
  try {
    if (repair === "forget_folder" && path !== null) await forget(context, task, path, tip);
    if (repair === "delete_leftover" && path !== null && (await isLeftover(context, path))) {
      await deleteLeftover(context, path);
    }
    if (repair === "remove_merged" && task !== null) await removeMerged(context, task, tip);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.warn(`${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`);
  }
}

/**
 * Forgets a worktree whose folder is gone; a branch with commits of its own stays, with all of them. Commits that
 * only its HEAD had go to the attic.
 */
async function forget(context: Context, task: string | null, path: string, tip: string): Promise<void> {
  if (pathExists(path)) return;
  const git = await context.git();
  const listed = (await git.listWorktrees()).find((one) => one.path === path);
  if (listed?.locked !== undefined) return;
  await requireNothingHeld(context, task, path);
  const store = await context.store();
  const record = task === null ? undefined : await findWorktree(store, task);
  if (record?.path !== path) {
    if (listed) await git.forgetWorktree(path);
    return;
  }
  if (await isGuest(context, record)) {
    await releaseGuest(context, record);
    return;
  }
  const plan = await planRemoval(context, record, tip);
  if (plan.unmerged.length === 0 || plan.head !== plan.branchCommit) {
    await removeWorktree(context, plan, reason);
    return;
  }
  await git.forgetWorktree(path);
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, record.task_id);
    const summary = `forgot the worktree ${path}, which is gone`;
    await tx.event({ task: record.task_id, summary, data: { path } });
  });
}

/** The folder may only have been moved, and what was staged there is found by git's entry alone. */
async function requireNothingHeld(context: Context, task: string | null, path: string): Promise<void> {
  const held = await (await context.git()).heldByEntry(path);
  if (held === undefined) return;
  const { root } = await context.project();
  const forget =
    task === null
      ? `${gitIn(root)} worktree remove --force ${shellQuote(path)}`
      : `calm worktree remove ${task} --force --yes`;
  throw new Failure("dirty_worktree", `${path} is gone, but git still has what was there: ${held}.`, {
    hint: `If it was moved: ${gitIn(root)} worktree repair <new path>; to forget it: ${forget}`,
    details: { task, path, held },
  });
}

async function removeMerged(context: Context, task: string, tip: string): Promise<void> {
  const worktree = await findRemovable(context, task);
  if (!worktree) return;
  if (await isGuest(context, worktree)) {
    await releaseGuest(context, worktree);
    return;
  }
  const plan = await planRemoval(context, worktree, tip);
  requireNothingToLose(plan);
  await removeWorktree(context, plan, reason);
}
