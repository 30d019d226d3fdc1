import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { addAtticEntry, nextAtticNumber } from "../store/attic.ts";
import type { Writer } from "../store/store.ts";
import { failpoint } from "../system/failpoint.ts";
import { atticFolder, branchRefOf } from "./attic.ts";
import type { Found } from "./look-inside.ts";

/**
 * Keeps what would be lost with a worktree under `refs/calm/attic/<task>/<n>`: a snapshot of uncommitted files and of
 * what is under way, or the commit alone; a branch that stands elsewhere as `<n>-branch`. Undefined = nothing to keep.
 */
export async function keepAside(context: Context, found: Found, reason: string): Promise<string | undefined> {
  const { worktree, branchCommit, head, unfinished } = found;
  const uncommitted = found.dirty.length > 0 || unfinished !== undefined;
  if (!uncommitted && found.unmerged.length === 0) return undefined;
  const git = await context.git();
  const task = worktree.task_id;
  const message = `calm: worktree of ${task} as it was removed`;
  const commit = uncommitted ? await git.snapshot(worktree.path, message) : head;
  if (commit === undefined) return undefined;
  const { ref, number } = await takeAtticRef(context, task, commit, reason);
  // An unborn HEAD keeps no commit at all, though the branch stood in for it until here.
  const keptHead = uncommitted ? (await git.readKept(commit)).head : commit;
  const apart = branchCommit !== undefined && branchCommit !== keptHead;
  if (apart && !(await git.moveRef(branchRefOf(ref), branchCommit, undefined, reason))) {
    throw new Failure("lost_race", `${branchRefOf(ref)} exists already`, { hint: "Try again" });
  }
  const store = await context.store();
  const entry = { task_id: task, ref, commit_sha: commit, branch: worktree.branch, reason };
  await store.write((tx) => record(tx, number, entry));
  failpoint("remove.keeping-recorded");
  return ref;
}

/** Keeps the work of a task that has no worktree, unless the attic has that commit already. Gives the ref. */
export async function keepCommit(
  context: Context,
  task: string,
  commit: string,
  reason: string,
): Promise<string> {
  const git = await context.git();
  for (const [kept, at] of await git.refsBelow(atticFolder)) if (at === commit) return kept;
  const { ref, number } = await takeAtticRef(context, task, commit, reason);
  const store = await context.storeBeyondLease(); // what held the commit is gone
  const entry = { task_id: task, ref, commit_sha: commit, branch: task, reason };
  await store.write((tx) => record(tx, number, entry));
  return ref;
}

async function record(tx: Writer, number: number, entry: Parameters<typeof addAtticEntry>[2]): Promise<void> {
  const { task_id: task, ref } = entry;
  await addAtticEntry(tx, number, entry);
  await tx.event({ task, summary: `kept the work of ${task} as ${ref}`, data: entry });
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
    const ref = `${atticFolder}${task}/${number}`;
    if (!(await git.moveRef(ref, commit, undefined, reason))) continue;
    failpoint("remove.kept");
    return { ref, number };
  }
}
