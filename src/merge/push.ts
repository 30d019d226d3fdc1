import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { pushCommand, shortOf, type Upstream } from "../git/network.ts";
import type { Push } from "../model/push.ts";
import { findJournal } from "../store/journal.ts";
import { findCheckout } from "./checkout.ts";
import { fetchTimeout } from "./choose-base.ts";
import { mergeCommand } from "./merge-command.ts";
import { journal, type UndoJournal } from "./merge-journal.ts";
import { moveBranch, rehearseAgain, type Moving } from "./move-branch.ts";
import { requireNoRebase } from "./preflight.ts";
import { putCheckoutRight } from "./put-right.ts";

/** Milliseconds. The repository lock is held meanwhile, for which others wait longer than this. */
const pushTimeout = 30_000;

/** What is pushed, in words, and the command that makes it again. */
function namesOf(move: Moving): { readonly what: string; readonly again: string } {
  const { kind } = move;
  return kind === "merge"
    ? { what: kind, again: mergeCommand(move) }
    : { what: "revert", again: "calm undo" };
}

/**
 * Pushes the candidate, a merge or a revert, that the default branch has just been moved to. What the remote definitely
 * refuses is taken back here: "withdrawn" when it has moved on, so that the candidate can be built anew on what it is
 * now, else Failure push_rejected. A remote that does not answer may have taken it, so it stays and the rest is told.
 * The caller holds the repository lock, and recovers what "withdrawn" or a Failure leaves.
 */
export async function pushCandidate(context: Context, id: string, move: Moving): Promise<Push | "withdrawn"> {
  const git = await context.git();
  const { target, candidate } = move;
  const upstream = await git.upstreamOf(target);
  if (!upstream || upstream.remote === ".") {
    context.warn(`${target} has no upstream to push to. Set one: git push --set-upstream origin ${target}`);
    return { pushed: false, reason: "no_upstream" };
  }
  await journal(context, id, "pushing", move);
  const { what } = namesOf(move);
  const { remote, refThere: ref } = upstream;
  context.progress(`pushing ${target} to ${remote}`);
  const answer = await git.push({
    ...{ remote, commit: candidate, ref },
    ...{ timeout: pushTimeout, signal: context.signal },
  });
  if (answer.kind === "accepted") return { pushed: true, remote };
  if (answer.kind === "unconfirmed") {
    const later = pushCommand(target, upstream);
    context.warn(`${remote} may not have the ${what}: ${answer.reason}. Push it: ${later}`);
    return { pushed: false, remote, reason: "unconfirmed" };
  }
  const stays = await withdraw(context, id, move, remote);
  const movedOn = await hasMovedOn(context, move, upstream);
  if (stays === undefined && movedOn) return "withdrawn";
  if (stays === undefined) throw refusal(move, remote, answer);
  const join = movedOn ? `git merge ${shortOf(upstream.ref)} && ` : "";
  context.warn(
    `${remote} refused the ${what} (${answer.reason}), and it stays on ${target} here: ${stays}. ` +
      `Bring both together: git checkout ${target} && ${join}${pushCommand(target, upstream)}`,
  );
  return { pushed: false, remote, reason: "rejected" };
}

/** Says of an interrupted push, which nobody can ask any more, what is to be done; nothing when the remote has it. */
export async function tellUnconfirmed(context: Context, move: Moving): Promise<void> {
  const { task, target, candidate } = move;
  const git = await context.git();
  const upstream = await git.upstreamOf(target);
  if (!upstream || upstream.remote === ".") return;
  // git moves this along with a push that was accepted.
  const known = await git.commitOf(upstream.ref);
  if (known !== undefined && (await git.isAncestor(candidate, known))) return;
  const later = pushCommand(target, upstream);
  const what = `The push of the ${namesOf(move).what} of ${task}`;
  context.warn(`${what} was interrupted; ${upstream.remote} may not have it. Push it: ${later}`);
}

/** Says how a revert gets to where its merge is, or may be, although calm pushes nothing. */
export async function tellUnpushedRevert(
  context: Context,
  { target, merge, candidate, revert, push }: UndoJournal,
): Promise<void> {
  if (push === true || !revert || merge === undefined || candidate === undefined) return;
  const git = await context.git();
  const upstream = await git.upstreamOf(target);
  if (!upstream || upstream.remote === ".") return;
  const known = await git.commitOf(upstream.ref);
  const has = async (commit: string): Promise<boolean> =>
    known !== undefined && (await git.isAncestor(commit, known));
  if ((await has(candidate)) || !(merge.push || (await has(merge.commit)))) return;
  const { remote } = upstream;
  context.warn(`${remote} does not have the revert yet. Push it: ${pushCommand(target, upstream)}`);
}

/** Moves branch and checkout back; gives why they stay instead, when somebody has gone on from the merge meanwhile. */
async function withdraw(
  context: Context,
  id: string,
  move: Moving,
  remote: string,
): Promise<string | undefined> {
  const { target, candidate, old, task } = move;
  let [why, known] = [`${target} has moved on`, move];
  try {
    await requireNoRebase(context, target);
    const checkout = await findCheckout(context, target);
    if (checkout) known = { ...move, checkout: checkout.path };
    // Recovery looks for the lock of this checkout, also of one that has been switched to the branch only now.
    await journal(context, id, "pushing", known);
    const reason = `calm: ${remote} refused the ${namesOf(move).what} of ${task}`;
    const back = { from: candidate, to: old, reason };
    await rehearseAgain(context, checkout, back);
    if (await moveBranch(context, id, known, checkout, back)) return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    why = error.message;
  }
  const entry = await findJournal(await context.store(), id);
  if (entry) await putCheckoutRight(context, id, entry.state, known);
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${target}`);
  return current !== undefined && (await git.isAncestor(candidate, current)) ? why : undefined;
}

/** Whether the remote's branch has commits that the candidate lacks, which is what a new candidate can help. */
async function hasMovedOn(context: Context, move: Moving, { remote, ref }: Upstream): Promise<boolean> {
  const git = await context.git();
  // Offline just now, or no such branch there: then what is known has to do.
  await git.fetch(remote, fetchTimeout);
  const theirs = await git.commitOf(ref);
  return theirs !== undefined && !(await git.isAncestor(theirs, move.candidate));
}

function refusal(
  move: Moving,
  remote: string,
  { reason, said }: { readonly reason: string; readonly said: readonly string[] },
): Failure {
  const { task, target } = move;
  const { what, again } = namesOf(move);
  const words = said
    .filter((line) => /^remote: *\S/.test(line))
    .map((line) => line.slice("remote: ".length).trim());
  const told = words.length === 0 ? "" : ` (${words.slice(0, 3).join("; ")})`;
  return new Failure(
    "push_rejected",
    `${remote} refuses the ${what} of ${task} into ${target}: ${reason}${told}`,
    {
      hint: `Nothing has moved. Let ${remote} take it, or set merge.push to false in .calm/config.yaml; then: ${again}`,
      details: { remote, branch: target, reason, said },
    },
  );
}
