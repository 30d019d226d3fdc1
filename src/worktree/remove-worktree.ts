import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { addAtticEntry, nextAtticNumber } from "../store/attic.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { removeWorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { moveFolder, pathExists, removeTree } from "../system/files.ts";
import type { RemovalPlan } from "./plan-removal.ts";

/** What the journal remembers of a removal, so that it can be finished. */
export const RemovalJournal = z.object({
  kind: z.literal("removal"),
  task: z.string(),
  path: z.string(),
  trash: z.string(),
  branch: z.string(),
  /** Commit of the branch; absent when it stays, or there is no such branch. */
  branchCommit: z.optional(z.string()),
  /** Where the work is kept; absent when everything is on the default branch. */
  kept: z.optional(z.string()),
});
export type RemovalJournal = z.output<typeof RemovalJournal>;

/** Removes a worktree and its branch, after keeping whatever nothing else reaches. The caller holds the lock. */
export async function removeWorktree(
  context: Context,
  plan: RemovalPlan,
  reason: string,
): Promise<RemovalJournal> {
  const store = await context.store();
  const { worktree, elsewhere } = plan;
  if (elsewhere !== undefined) {
    context.warn(`The branch ${worktree.branch} stays, because it is checked out at ${elsewhere}`);
  }
  const id = context.newId("OP");
  const kept = await keepAside(context, plan, reason);
  const data: RemovalJournal = {
    kind: "removal",
    task: worktree.task_id,
    path: worktree.path,
    trash: join(dirname(worktree.path), `.trash-${id}`),
    branch: worktree.branch,
    ...(plan.branchCommit !== undefined && elsewhere === undefined && { branchCommit: plan.branchCommit }),
    ...(kept !== undefined && { kept }),
  };
  await store.housekeep((tx) => openJournal(tx, { id, task: worktree.task_id, state: "removing", data }));
  failpoint("remove.noted");
  // One rename, so that a half deleted folder never looks like a person's edits.
  if (pathExists(data.path)) await moveFolder(data.path, data.trash);
  failpoint("remove.moved");
  await finishRemoval(context, id, data);
  return data;
}

/**
 * Finishes a removal whose folder is out of the way; takes one back that had not come so far, because whatever was
 * done in the folder since was not looked at. The caller holds the lock.
 */
export async function recoverRemoval(context: Context, id: string, data: RemovalJournal): Promise<void> {
  if (!pathExists(data.path)) {
    await finishRemoval(context, id, data);
    return;
  }
  // With its trash there too, the folder has been made anew by somebody.
  await removeTree(data.trash);
  const store = await context.storeBeyondLease(); // as finishRemoval does
  await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
}

/** Does what is left of a removal; each step may have been done before. */
async function finishRemoval(context: Context, id: string, data: RemovalJournal): Promise<void> {
  const git = await context.git();
  // The folder is gone: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  await git.forgetWorktree(data.path);
  failpoint("remove.forgotten");
  if (data.branchCommit !== undefined) {
    const gone = await git.deleteRef(`refs/heads/${data.branch}`, data.branchCommit);
    const now = gone ? undefined : await git.commitOf(`refs/heads/${data.branch}`);
    if (now !== undefined)
      context.warn(`The branch ${data.branch} has moved to ${now.slice(0, 7)} and stays`);
  }
  failpoint("remove.branch-removed");
  await removeTree(data.trash);
  failpoint("remove.trash-removed");
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, data.task);
    await setJournal(tx, id, "done", data, true);
    const kept = data.kept === undefined ? "" : `; its work is kept as ${data.kept}`;
    await tx.event({ task: data.task, summary: `removed worktree ${data.path}${kept}`, data });
  });
  failpoint("remove.recorded");
}

/** Keeps uncommitted files and unmerged commits under `refs/calm/attic/<task>/<n>`; undefined when there are none. */
async function keepAside(context: Context, plan: RemovalPlan, reason: string): Promise<string | undefined> {
  const { worktree, branchCommit } = plan;
  if (plan.dirty.length === 0 && plan.unmerged.length === 0) return undefined;
  const git = await context.git();
  const commit =
    plan.dirty.length > 0
      ? await git.snapshot(worktree.path, `calm: worktree of ${worktree.task_id} as it was removed`)
      : plan.head;
  if (commit === undefined) return undefined;
  // A branch that was moved while its worktree stood elsewhere has commits of its own.
  const apart = branchCommit !== undefined && !(await git.isAncestor(branchCommit, commit));
  const { ref, number } = await takeAtticRef(context, worktree.task_id, commit, reason);
  if (apart && !(await git.moveRef(`${ref}-branch`, branchCommit, undefined, reason))) {
    throw new Failure("lost_race", `${ref}-branch exists already`, { hint: "Try again" });
  }
  const store = await context.store();
  await store.write(async (tx) => {
    const entry = { task_id: worktree.task_id, ref, commit_sha: commit, branch: worktree.branch, reason };
    await addAtticEntry(tx, number, entry);
    await tx.event({
      task: worktree.task_id,
      summary: `kept the work of ${worktree.task_id} as ${ref}`,
      data: entry,
    });
  });
  failpoint("remove.keeping-recorded");
  return ref;
}

/** Makes the next free ref of a task's attic; another CALM_HOME counts for itself and may have taken some. */
async function takeAtticRef(
  context: Context,
  task: string,
  commit: string,
  reason: string,
): Promise<{ readonly ref: string; readonly number: number }> {
  const git = await context.git();
  const store = await context.store();
  for (;;) {
    const number = await store.housekeep((tx) => nextAtticNumber(tx, task));
    const ref = `refs/calm/attic/${task}/${number}`;
    if (await git.moveRef(ref, commit, undefined, reason)) {
      failpoint("remove.kept");
      return { ref, number };
    }
  }
}
