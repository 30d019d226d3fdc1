import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { asideCommand } from "../project/aside-command.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import type { Writer } from "../store/store.ts";
import { findWorktree, removeWorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { pathExists } from "../system/files.ts";
import { removeEmptyNow } from "../system/files-at-once.ts";
import { moveFolder } from "../system/move-folder.ts";
import { together } from "../system/together.ts";
import { keepAside } from "./keep-aside.ts";
import { deleteLeftover } from "./leftover.ts";
import { type Found, lookInside } from "./look-inside.ts";
import { type RemovalPlan, requireNobodyInside, requireNothingToLose } from "./plan-removal.ts";

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
  /** calm had no record of it, so that no row tells undo of it. */
  unrecorded: z.optional(z.boolean()),
});
export type RemovalJournal = z.output<typeof RemovalJournal>;

/** From this state on, everything in the trash is kept elsewhere, and the removal goes forward only. */
const settled = "kept";

/**
 * Removes a worktree and its branch, after keeping whatever nothing else reaches. The folder goes out of the way by one
 * rename and is looked at again there, where nobody finds it any more. The caller holds the lock.
 */
export async function removeWorktree(
  context: Context,
  plan: RemovalPlan,
  reason: string,
  end: RemovalEnd = { refs: new Map() },
): Promise<RemovalJournal> {
  const { worktree, elsewhere } = plan;
  if (elsewhere !== undefined) {
    context.warn(`The branch ${worktree.branch} stays, because it is checked out at ${elsewhere}`);
  }
  const id = context.newId("OP");
  const { task_id: task, path, branch } = worktree;
  const trash = join(dirname(path), `.trash-${id}`);
  const store = await context.store();
  // Undo itself has put the row back before.
  const unrecorded = reason !== "undo" && !(await findWorktree(store, task));
  const begun: RemovalJournal = {
    ...{ kind: "removal", task, path, trash, branch },
    ...(unrecorded && { unrecorded }),
  };
  await store.housekeep((tx) => openJournal(tx, { id, task, state: "removing", data: begun }));
  failpoint("remove.noted");
  let data: RemovalJournal;
  try {
    data = await keepWork(context, plan, begun, reason);
    await store.housekeep((tx) => setJournal(tx, id, settled, data));
    failpoint("remove.settled");
  } catch (error) {
    await takeBack(context, id, begun);
    throw error;
  }
  await finishRemoval(context, id, data, end);
  return data;
}

/** What ends together with a removal that is a part of something else. */
interface RemovalEnd {
  /** Refs that go with the branch, and where they are. */
  readonly refs: ReadonlyMap<string, string>;
  /** What is written down in the removal's last transaction. */
  readonly record?: (tx: Writer) => Promise<void>;
}

/** Takes a worktree out of the way and keeps what nothing else reaches; gives what is then to be finished. */
async function keepWork(
  context: Context,
  plan: RemovalPlan,
  begun: RemovalJournal,
  reason: string,
): Promise<RemovalJournal> {
  const found = plan.present ? await moveAside(context, plan, begun.trash) : plan;
  if (plan.onlyClean === true) requireNothingToLose(found);
  const kept = await keepAside(context, found, reason);
  const { branchCommit } = plan.elsewhere === undefined && plan.keepBranch !== true ? found : {};
  return {
    ...begun,
    ...(branchCommit !== undefined && { branchCommit }),
    ...(kept !== undefined && { kept }),
  };
}

/** Moves the folder into the trash; gives what it holds there, which may be more than was seen before. */
async function moveAside(context: Context, { worktree, tip }: RemovalPlan, trash: string): Promise<Found> {
  const git = await context.git();
  await moveFolder(worktree.path, trash);
  await git.relocateWorktree(worktree.path, trash);
  failpoint("remove.moved");
  const [, found] = await together(
    requireNobodyInside(context, trash),
    lookInside(context, { ...worktree, path: trash }, [], tip),
  );
  return found;
}

/** Finishes a removal whose work is kept, else takes it back: the same command may then look anew. The caller holds the lock. */
export async function recoverRemoval(
  context: Context,
  id: string,
  state: string,
  data: RemovalJournal,
): Promise<void> {
  if (state === settled) await finishRemoval(context, id, data);
  else await takeBack(context, id, data);
}

/** Puts the folder back where it was; it stays in the trash when somebody has made another one meanwhile. */
async function takeBack(context: Context, id: string, data: RemovalJournal): Promise<void> {
  const { task, path, trash } = data;
  if (pathExists(trash) && (!pathExists(path) || removeEmptyNow(path))) await moveFolder(trash, path);
  if (pathExists(trash)) {
    const aside = asideCommand(path);
    const back = `mv ${shellQuote(trash)} ${shellQuote(path)} && git worktree repair ${shellQuote(path)}`;
    context.warn(
      `The worktree of ${task} lies at ${trash} now, because there is another ${path}. Bring it back: ${aside} && ${back}`,
    );
  } else {
    await (await context.git()).relocateWorktree(trash, path);
  }
  const store = await context.storeBeyondLease(); // what is taken back may be a removal that lost its lease
  await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
}

/** Does what is left of a removal; each step may have been done before. */
async function finishRemoval(
  context: Context,
  id: string,
  data: RemovalJournal,
  end: RemovalEnd = { refs: new Map() },
): Promise<void> {
  // The folder is gone: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  await together(deleteRefs(context, data, end.refs), clearAway(context, data));
  failpoint("remove.trash-removed");
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, data.task);
    await setJournal(tx, id, "done", data, true);
    const kept = data.kept === undefined ? "" : `; its work is kept as ${data.kept}`;
    const again = `calm worktree ${data.kept === undefined ? "create" : "restore"} ${data.task}`;
    const undo = data.unrecorded === true && { undo: { by: again } };
    await tx.event({ task: data.task, summary: `removed worktree ${data.path}${kept}`, data, ...undo });
    await end.record?.(tx);
  });
  failpoint("remove.recorded");
}

/** Lets git forget a worktree, and deletes what is left of it. */
async function clearAway(context: Context, { path, trash }: RemovalJournal): Promise<void> {
  const git = await context.git();
  // git forgets only what is not there, and a folder in the trash may be one that cannot be deleted.
  const nowhere = `${trash}.gone`;
  await git.relocateWorktree(trash, nowhere);
  await git.forgetWorktree(nowhere);
  if (!pathExists(path)) await git.forgetWorktree(path);
  failpoint("remove.forgotten");
  await deleteLeftover(context, trash);
}

/** Deletes the branch and the refs that go with it: all at once, or, where one has moved, each that has not. */
async function deleteRefs(
  context: Context,
  { branch, branchCommit }: RemovalJournal,
  along: ReadonlyMap<string, string>,
): Promise<void> {
  const git = await context.git();
  const own = `refs/heads/${branch}`;
  const refs = new Map([...along, ...(branchCommit === undefined ? [] : [[own, branchCommit] as const])]);
  if (refs.size > 0 && !(await git.deleteRefs(refs)) && refs.size > 1)
    for (const [ref, from] of refs) await git.deleteRef(ref, from);
  failpoint("remove.branch-removed");
  const now = branchCommit === undefined ? undefined : await git.commitOf(own);
  if (now !== undefined) context.warn(`The branch ${branch} has moved to ${now.slice(0, 7)} and stays`);
}
