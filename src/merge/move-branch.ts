import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { failpoint } from "../system/failpoint.ts";
import { together } from "../system/together.ts";
import { acceptIndex, type Checkout, findCheckout, lockCheckout } from "./checkout.ts";
import { type Journaled, journal } from "./merge-journal.ts";
import { requireFreeWay, requireNoRebase } from "./preflight.ts";

/** Milliseconds in which a person's filters may download what they need, while others may go on. */
const filterTimeout = 300_000;
/** Milliseconds in which they must do so again under the repository lock, for which others wait longer than this. */
const againTimeout = 30_000;

/** What is journaled of a change of the default branch, once it is known to which commit. */
export type Moving = Journaled & { readonly candidate: string };

/** A move of the default branch between two commits; the reason goes into its log. */
export interface BranchMove {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/**
 * Makes what the checkout of the default branch will write, before the repository lock is taken: what its filters have
 * to download is there then. Failure git_failed when a filter cannot make it.
 */
export async function rehearseMove(
  context: Context,
  { target, old, candidate }: Pick<Moving, "target" | "old" | "candidate">,
): Promise<void> {
  const checkout = await findCheckout(context, target);
  if (!checkout) return;
  const git = await context.git();
  // Filters that have come up since the base was chosen are found by the second rehearsal.
  const how = { timeout: filterTimeout, signal: context.signal, anew: false };
  await git.rehearseFilters(checkout.path, await git.changedFiles(old, candidate), how);
}

/**
 * Moves the default branch from `old` to `candidate`, and its checkout along. `start` writes down that it begins, or
 * refuses; false = it must not. False when the branch has moved meanwhile, or the checkout was switched away. The
 * caller holds the repository lock, and puts right what a false or a Failure leaves half done.
 */
export async function moveToCandidate<Move extends Moving>(
  context: Context,
  id: string,
  move: Move,
  start: (move: Move) => Promise<boolean>,
): Promise<boolean> {
  const git = await context.git();
  const { target, old: from, candidate: to, kind, task } = move;
  if ((await git.commitOf(`refs/heads/${target}`)) !== from) return false;
  await requireNoRebase(context, target);
  const checkout = await findCheckout(context, target);
  const begun = checkout ? { ...move, checkout: checkout.path } : move;
  const moving = { from, to, reason: `calm: ${kind} ${task}` };
  // git looks for filters while the records are written.
  const [started] = await together(start(begun), rehearseAgain(context, checkout, moving));
  if (!started) return false;
  failpoint(`${kind}.publishing`);
  return moveBranch(context, id, begun, checkout, moving);
}

/** Makes once more what the checkout will write: it may have been switched, and filters configured, meanwhile. */
export async function rehearseAgain(
  context: Context,
  checkout: Checkout | undefined,
  { from, to }: Pick<BranchMove, "from" | "to">,
): Promise<void> {
  if (!checkout) return;
  const git = await context.git();
  const how = { timeout: againTimeout, signal: context.signal, anew: true };
  await git.rehearseFilters(checkout.path, await git.changedFiles(from, to), how);
}

/**
 * Moves the default branch by one compare-and-swap, and the checkout that follows it along. False when the branch was no
 * longer where the move starts, or the checkout was switched away. The caller holds the repository lock, has rehearsed
 * the filters, and puts right what a false or a Failure leaves half done.
 */
export async function moveBranch(
  context: Context,
  id: string,
  data: Moving,
  checkout: Checkout | undefined,
  move: BranchMove,
): Promise<boolean> {
  const { target, kind } = data;
  if (!checkout) return swap(context, data, move);
  const git = await context.git();
  const changes = await git.changedFiles(move.from, move.to);
  const locked = await lockCheckout(context, checkout, id);
  await requireOnBranch(context, checkout, target);
  await requireFreeWay(context, locked, changes, kind);
  await journal(context, id, "updating", { ...data, checkout: checkout.path });
  // Branch, index and files move behind the index lock, so that nobody sees one without the others.
  await git.advanceCheckout(checkout.path, { indexFile: locked.index, from: move.from, to: move.to });
  failpoint(`${kind}.checked-out`);
  // `git checkout -b` leaves the index alone, so not even its lock keeps HEAD in place.
  await requireOnBranch(context, checkout, target);
  const moved = await swap(context, data, move);
  if (!moved || !(await isOnBranch(context, checkout, target))) return false;
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

async function swap(
  context: Context,
  { target, kind }: Moving,
  { from, to, reason }: BranchMove,
): Promise<boolean> {
  const git = await context.git();
  const moved = await git.moveRef(`refs/heads/${target}`, to, from, reason);
  failpoint(`${kind}.swapped`);
  return moved;
}
