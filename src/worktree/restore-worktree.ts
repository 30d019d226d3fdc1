import { join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { templatesFor } from "../model/templates.ts";
import { markRestored } from "../store/attic.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { findTask } from "../store/tasks.ts";
import { addWorktreeRecord, findWorktree, type WorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { lookAt, pathExists, readTextIfThere } from "../system/files.ts";
import {
  asideOf,
  dropAside,
  layOutAside,
  makingPlace,
  moveIntoPlace,
  settleInPlace,
} from "./lay-out-aside.ts";
import type { RestorationPlan } from "./plan-restoration.ts";

/** What the journal remembers of a restoration, so that it can be finished or taken back. */
export const RestorationJournal = z.object({
  kind: z.literal("restoration"),
  task: z.string(),
  ref: z.string(),
  path: z.string(),
  /** The folder in which everything is made; calm's own, nobody else looks there. */
  folder: z.string(),
  branch: z.string(),
  /** Commit of the branch that is made; absent when there was none. */
  branchCommit: z.optional(z.string()),
  base: z.string(),
});
export type RestorationJournal = z.output<typeof RestorationJournal>;

/** From this state on the worktree is whole, and only its last rename may be missing. */
const whole = "moving";

/**
 * Brings an entry of the attic back as worktree and branch: files, index and what was under way. All is made in a
 * folder aside, which then takes its place by one rename, so that nobody ever sees a half. The entry stays in the attic.
 * Gives the ignored files that were copied into it. The caller holds the repository lock.
 */
export async function restoreWorktree(context: Context, plan: RestorationPlan): Promise<readonly string[]> {
  const { task, entry, path, branch, branchCommit, base } = plan;
  const id = context.newId("OP");
  const data: RestorationJournal = {
    ...{ kind: "restoration", task: task.id, ref: entry.ref, path, branch, base },
    ...(branchCommit !== undefined && { branchCommit }),
    folder: asideOf(id, path).folder,
  };
  const store = await context.store();
  await store.housekeep((tx) => openJournal(tx, { id, task: task.id, state: "restoring", data }));
  failpoint("restore.noted");
  await makeBranch(context, id, data);
  failpoint("restore.branch-made");
  let copied: readonly string[];
  try {
    const contents = { head: plan.head, headBranch: plan.headBranch, commit: entry.commit };
    copied = await layOutAside(context, data, contents);
    failpoint("restore.laid-out");
    await store.housekeep((tx) => setJournal(tx, id, whole, data));
    failpoint("restore.whole");
    await moveIntoPlace(data);
    failpoint("restore.moved");
  } catch (error) {
    await takeBack(context, id, data);
    throw error;
  }
  await finish(context, id, data);
  return copied;
}

async function makeBranch(context: Context, id: string, data: RestorationJournal): Promise<void> {
  if (data.branchCommit === undefined) return;
  const git = await context.git();
  const ref = `refs/heads/${data.branch}`;
  if (await git.moveRef(ref, data.branchCommit, undefined, "worktree restore")) return;
  const store = await context.storeBeyondLease(); // nothing has been made
  await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
  throw new Failure("lost_race", `Somebody has just made a branch ${data.branch}`, {
    hint: `Rename it: git branch -m ${data.branch} ${data.branch}-other; then: calm worktree restore ${data.task}`,
  });
}

/** Finishes a restoration that has reached its place, else takes it back. The caller holds the lock. */
export async function recoverRestoration(
  context: Context,
  id: string,
  state: string,
  data: RestorationJournal,
): Promise<void> {
  const moved = state === whole && !pathExists(makingPlace(data)) && pathExists(data.path);
  if (moved) await finish(context, id, data);
  else await takeBack(context, id, data);
}

/** Removes what was made aside, which still lies in the attic. */
async function takeBack(context: Context, id: string, data: RestorationJournal): Promise<void> {
  const git = await context.git();
  await dropAside(context, data);
  // False = somebody has committed to it, so it stays.
  if (data.branchCommit !== undefined) await git.deleteRef(`refs/heads/${data.branch}`, data.branchCommit);
  const store = await context.storeBeyondLease(); // what is taken back may be a restoration that lost its lease
  await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
}

/** Records a worktree that has reached its place; each step may have been done before. */
async function finish(context: Context, id: string, data: RestorationJournal): Promise<void> {
  await settleInPlace(context, data);
  failpoint("restore.settled");
  // The folder is there: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  const record: WorktreeRecord = {
    ...{ task_id: data.task, path: data.path, branch: data.branch, base_sha: data.base },
    ...{ templates: await untouchedTemplates(context, data), setup_key: null, created_at: context.now() },
  };
  await store.write(async (tx) => {
    const existing = await findWorktree(tx, data.task);
    if (!existing) await addWorktreeRecord(tx, record);
    await markRestored(tx, data.ref);
    await setJournal(tx, id, "done", data, true);
    await tx.event({ task: data.task, summary: `restored worktree ${data.path} from ${data.ref}`, data });
  });
}

/** The documents that are still as calm writes them, by which nobody's work is recognised. */
async function untouchedTemplates(
  context: Context,
  { task: id, path }: RestorationJournal,
): Promise<Record<string, string>> {
  const store = await context.storeBeyondLease();
  const task = await findTask(store, id);
  const git = await context.git();
  const found: Record<string, string> = {};
  for (const [name, text] of task ? templatesFor(task) : []) {
    const file = join(path, name);
    if (lookAt(file)?.isFile() === true && (await readTextIfThere(file)) === text)
      found[name] = await git.hashText(text);
  }
  return found;
}
