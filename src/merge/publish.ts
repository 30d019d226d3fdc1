import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { endsOf } from "../model/workflow.ts";
import { setJournal } from "../store/journal.ts";
import { getTask } from "../store/tasks.ts";
import { requireUnlocked } from "./admit.ts";
import { acceptIndex, type Checkout, findCheckout, lockCheckout, releaseIndex } from "./checkout.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { requireFreeWay } from "./preflight.ts";
import { settle } from "./settle.ts";

/**
 * Moves the default branch to the candidate by one compare-and-swap, and its checkout along. False when the branch has
 * moved since the candidate was built; then nothing has changed. The caller holds the repository lock.
 */
export async function publish(
  context: Context,
  id: string,
  merge: BuiltMerge,
  options: { readonly despiteLock: boolean },
): Promise<boolean> {
  const git = await context.git();
  await requireHeadUnmoved(context, merge);
  if ((await git.commitOf(`refs/heads/${merge.target}`)) !== merge.old) return false;
  await startPublishing(context, id, merge, options.despiteLock);
  const checkout = await findCheckout(context, merge.target);
  return checkout ? publishToCheckout(context, id, merge, checkout) : swap(context, merge);
}

/** The last moment at which lock and phase are asked; from then on a dead process's merge is looked into. */
async function startPublishing(
  context: Context,
  id: string,
  merge: BuiltMerge,
  despiteLock: boolean,
): Promise<void> {
  const store = await context.store();
  await store.housekeep(async (tx) => {
    if (!despiteLock) await requireUnlocked(tx);
    const task = await getTask(tx, merge.task);
    const { from } = endsOf(merge.transition);
    if (task.phase !== from) {
      throw new Failure("wrong_phase", `Task ${task.id} went to ${task.phase} while its merge was checked`, {
        hint: `See what comes next: calm task show ${task.id}`,
      });
    }
    await setJournal(tx, id, "publishing", merge);
  });
}

/** Moves branch, index and files together, behind the index lock, so that nobody sees one without the others. */
async function publishToCheckout(
  context: Context,
  id: string,
  merge: BuiltMerge,
  checkout: Checkout,
): Promise<boolean> {
  const git = await context.git();
  const locked = await lockCheckout(checkout, id);
  try {
    await requireFreeWay(context, locked, await git.changedFiles(merge.old, merge.candidate));
  } catch (error) {
    await releaseIndex(locked);
    throw error;
  }
  const putRight = async (): Promise<void> => {
    const current = (await git.commitOf(`refs/heads/${merge.target}`)) ?? merge.old;
    await settle(context, locked, { from: merge.old, to: merge.candidate, current });
  };
  try {
    const change = { indexFile: locked.index, from: merge.old, to: merge.candidate, marker: id };
    await git.advanceCheckout(checkout.path, change);
    const moved = await swap(context, merge);
    if (moved) await acceptIndex(locked);
    else await putRight();
    return moved;
  } catch (error) {
    await putRight();
    throw error;
  }
}

async function swap(context: Context, merge: BuiltMerge): Promise<boolean> {
  const git = await context.git();
  return git.moveRef(`refs/heads/${merge.target}`, merge.candidate, merge.old, `calm: merge ${merge.task}`);
}

async function requireHeadUnmoved(context: Context, merge: BuiltMerge): Promise<void> {
  const git = await context.git();
  if ((await git.commitOf(`refs/heads/${merge.task}`)) === merge.head) return;
  throw new Failure("branch_moved", `The branch ${merge.task} has moved since its merge was checked`, {
    hint: `Merge it as it is now: calm worktree merge ${merge.task}`,
    details: { checked: merge.head },
  });
}
