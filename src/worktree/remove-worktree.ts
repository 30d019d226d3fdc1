import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { addAtticEntry, nextAtticNumber } from "../store/attic.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { removeWorktreeRecord } from "../store/worktrees.ts";
import { moveFolder, pathExists, removeTree } from "../system/files.ts";
import type { RemovalPlan } from "./plan-removal.ts";

/** What the journal remembers of a removal, so that it can be finished. */
export const RemovalJournal = z.object({
  kind: z.literal("removal"),
  task: z.string(),
  path: z.string(),
  trash: z.string(),
  branch: z.string(),
  /** Commit of the branch; absent when there is no such branch. */
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
  const { worktree } = plan;
  const id = context.newId("OP");
  const kept = await keepAside(context, plan, reason);
  const data: RemovalJournal = {
    kind: "removal",
    task: worktree.task_id,
    path: worktree.path,
    trash: join(dirname(worktree.path), `.trash-${id}`),
    branch: worktree.branch,
    ...(plan.branchCommit !== undefined && { branchCommit: plan.branchCommit }),
    ...(kept !== undefined && { kept }),
  };
  await store.housekeep((tx) => openJournal(tx, { id, task: worktree.task_id, state: "removing", data }));
  await finishRemoval(context, id, data);
  return data;
}

/** Does what is left of a removal; each step may have been done before. */
export async function finishRemoval(context: Context, id: string, data: RemovalJournal): Promise<void> {
  const git = await context.git();
  const store = await context.store();
  // One rename, so that a half deleted folder never looks like a person's edits.
  if (pathExists(data.path)) await moveFolder(data.path, data.trash);
  await git.forgetWorktree(data.path);
  if (data.branchCommit !== undefined) await git.deleteRef(`refs/heads/${data.branch}`, data.branchCommit);
  await removeTree(data.trash);
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, data.task);
    await setJournal(tx, id, "done", data, true);
    const kept = data.kept === undefined ? "" : `; its work is kept as ${data.kept}`;
    await tx.event({ task: data.task, summary: `removed worktree ${data.path}${kept}`, data });
  });
}

/** Keeps uncommitted files and unmerged commits under `refs/calm/attic/<task>/<n>`; undefined when there are none. */
async function keepAside(context: Context, plan: RemovalPlan, reason: string): Promise<string | undefined> {
  const { worktree } = plan;
  if (plan.dirty.length === 0 && plan.unmerged.length === 0) return undefined;
  const git = await context.git();
  const store = await context.store();
  const commit =
    plan.dirty.length > 0
      ? await git.snapshot(worktree.path, `calm: worktree of ${worktree.task_id} as it was removed`)
      : plan.head;
  if (commit === undefined) return undefined;
  const number = await store.housekeep((tx) => nextAtticNumber(tx, worktree.task_id));
  const ref = `refs/calm/attic/${worktree.task_id}/${number}`;
  await git.moveRef(ref, commit, undefined, reason);
  // A branch that was moved while its worktree stood elsewhere has commits of its own.
  if (plan.branchCommit !== undefined && !(await git.isAncestor(plan.branchCommit, commit))) {
    await git.moveRef(`${ref}-branch`, plan.branchCommit, undefined, reason);
  }
  await store.write(async (tx) => {
    const entry = { task_id: worktree.task_id, ref, commit_sha: commit, branch: worktree.branch, reason };
    await addAtticEntry(tx, number, entry);
    await tx.event({
      task: worktree.task_id,
      summary: `kept the work of ${worktree.task_id} as ${ref}`,
      data: entry,
    });
  });
  return ref;
}
