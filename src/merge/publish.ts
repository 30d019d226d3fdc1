import type { Context } from "../context.ts";
import { askAgain, type ReviewDemand } from "../checks/asked-again.ts";
import { Failure } from "../failure.ts";
import { endsOf } from "../model/workflow.ts";
import { setJournal } from "../store/journal.ts";
import type { Writer } from "../store/store.ts";
import { getTask } from "../store/tasks.ts";
import { failpoint } from "../system/failpoint.ts";
import { requireUnlocked } from "./admit.ts";
import { acceptIndex, type Checkout, findCheckout, lockCheckout } from "./checkout.ts";
import { type BuiltMerge, journal } from "./merge-journal.ts";
import { requireFreeWay, requireNoRebase } from "./preflight.ts";

/** What the candidate's gate passed and no content anchors; it must still hold when the branch is moved. */
export interface HeldChecks {
  readonly checks: readonly string[];
  readonly reviews: readonly ReviewDemand[];
}

/**
 * Moves the default branch to the candidate by one compare-and-swap, and its checkout along. False when the branch has
 * moved since the candidate was built, or the checkout was switched away. The caller holds the repository lock, and
 * puts right what a false or a Failure leaves half done.
 */
export async function publish(
  context: Context,
  id: string,
  merge: BuiltMerge,
  held: HeldChecks,
): Promise<boolean> {
  const git = await context.git();
  if ((await git.commitOf(`refs/heads/${merge.target}`)) !== merge.old) return false;
  await requireHeadUnmoved(context, merge);
  await requireNoRebase(context, merge.target);
  const checkout = await findCheckout(context, merge.target);
  const published = checkout ? { ...merge, checkout: checkout.path } : merge;
  const store = await context.store();
  await store.housekeep((tx) => startPublishing(tx, id, published, held));
  failpoint("merge.publishing");
  return checkout ? publishToCheckout(context, id, published, checkout) : swap(context, merge);
}

/** The last moment at which lock, phase and reviews are asked; from then on a dead process's merge is looked into. */
async function startPublishing(tx: Writer, id: string, merge: BuiltMerge, held: HeldChecks): Promise<void> {
  if (!merge.forced) await requireUnlocked(tx);
  const task = await getTask(tx, merge.task);
  const { from } = endsOf(merge.transition);
  if (task.phase !== from) {
    throw new Failure("wrong_phase", `Task ${task.id} went to ${task.phase} while its merge was checked`, {
      hint: `See what comes next: calm task show ${task.id}`,
    });
  }
  await askAgain(tx, task, held.reviews, held.checks);
  if (await setJournal(tx, id, "publishing", merge)) return;
  throw new Failure("lost_race", `The merge ${id} has been taken back meanwhile`, { hint: "Try again" });
}

/** Moves branch, index and files together, behind the index lock, so that nobody sees one without the others. */
async function publishToCheckout(
  context: Context,
  id: string,
  merge: BuiltMerge,
  checkout: Checkout,
): Promise<boolean> {
  const git = await context.git();
  const locked = await lockCheckout(context, checkout, id);
  await requireOnBranch(context, checkout, merge.target);
  await requireFreeWay(context, locked, await git.changedFiles(merge.old, merge.candidate));
  await journal(context, id, "updating", merge);
  const change = { indexFile: locked.index, from: merge.old, to: merge.candidate };
  await git.advanceCheckout(checkout.path, change);
  failpoint("merge.checked-out");
  // `git checkout -b` leaves the index alone, so not even its lock keeps HEAD in place.
  await requireOnBranch(context, checkout, merge.target);
  const moved = await swap(context, merge);
  if (!moved || !(await isOnBranch(context, checkout, merge.target))) return false;
  await acceptIndex(locked);
  return true;
}

async function isOnBranch(context: Context, { path }: Checkout, target: string): Promise<boolean> {
  const git = await context.git();
  return (await git.head(path))?.branch === `refs/heads/${target}`;
}

async function requireOnBranch(context: Context, checkout: Checkout, target: string): Promise<void> {
  if (await isOnBranch(context, checkout, target)) return;
  throw new Failure("checkout_in_the_way", `${checkout.path} was switched to another branch just now`, {
    hint: "Try again",
    details: { path: checkout.path },
  });
}

async function swap(context: Context, merge: BuiltMerge): Promise<boolean> {
  const git = await context.git();
  const reason = `calm: merge ${merge.task}`;
  const moved = await git.moveRef(`refs/heads/${merge.target}`, merge.candidate, merge.old, reason);
  failpoint("merge.swapped");
  return moved;
}

/** Refuses when the task's branch is no longer what was checked. */
export async function requireHeadUnmoved(
  context: Context,
  merge: Pick<BuiltMerge, "task" | "head">,
): Promise<void> {
  const git = await context.git();
  if ((await git.commitOf(`refs/heads/${merge.task}`)) === merge.head) return;
  throw new Failure("branch_moved", `The branch ${merge.task} has moved since its merge was checked`, {
    hint: `Have it reviewed and checked as it is now: calm task show ${merge.task}`,
    details: { checked: merge.head },
  });
}
