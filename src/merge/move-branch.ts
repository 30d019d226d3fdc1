import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { acceptIndex, type Checkout, findCheckout, lockCheckout } from "./checkout.ts";
import { type Journaled, journal } from "./merge-journal.ts";
import { requireFreeWay, requireNoRebase } from "./preflight.ts";

/** A journaled change of the default branch: to which commit. */
export type BranchMove = Journaled & { readonly candidate: string };

/**
 * Moves the default branch from `old` to `candidate` by one compare-and-swap, and its checkout along. `start` writes
 * down that it begins, or refuses. False when the branch has moved meanwhile, or the checkout was switched away. The
 * caller holds the repository lock, and puts right what a false or a Failure leaves half done.
 */
export async function moveBranch<Move extends BranchMove>(
  context: Context,
  id: string,
  move: Move,
  start: (move: Move) => Promise<void>,
): Promise<boolean> {
  const git = await context.git();
  if ((await git.commitOf(`refs/heads/${move.target}`)) !== move.old) return false;
  await requireNoRebase(context, move.target);
  const checkout = await findCheckout(context, move.target);
  const begun = checkout ? { ...move, checkout: checkout.path } : move;
  await start(begun);
  return checkout ? moveWithCheckout(context, id, begun, checkout) : swap(context, begun);
}

/** Moves branch, index and files together, behind the index lock, so that nobody sees one without the others. */
async function moveWithCheckout(
  context: Context,
  id: string,
  move: BranchMove,
  checkout: Checkout,
): Promise<boolean> {
  const git = await context.git();
  const locked = await lockCheckout(context, checkout, id);
  await requireOnBranch(context, checkout, move.target);
  await requireFreeWay(context, locked, await git.changedFiles(move.old, move.candidate), move.kind);
  await journal(context, id, "updating", move);
  const change = { indexFile: locked.index, from: move.old, to: move.candidate };
  await git.advanceCheckout(checkout.path, change);
  // `git checkout -b` leaves the index alone, so not even its lock keeps HEAD in place.
  await requireOnBranch(context, checkout, move.target);
  const moved = await swap(context, move);
  if (!moved || !(await isOnBranch(context, checkout, move.target))) return false;
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

async function swap(context: Context, { target, old, candidate, kind, task }: BranchMove): Promise<boolean> {
  const git = await context.git();
  return git.moveRef(`refs/heads/${target}`, candidate, old, `calm: ${kind} ${task}`);
}
