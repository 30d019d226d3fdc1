import type { Context } from "../context.ts";
import { cleanUp } from "./clean-up.ts";
import {
  abandon,
  asBuilt,
  type BuiltMerge,
  isBeforePublishing,
  type MergeJournal,
  pinRef,
} from "./merge-journal.ts";
import { tellUnconfirmed } from "./push.ts";
import { recordMerge } from "./record.ts";
import { endGate, putCheckoutRight } from "./put-right.ts";

/**
 * Finishes an interrupted merge when its candidate reached the default branch, else takes it back. The caller holds
 * the repository lock, and nothing that the merge started runs any more. True when it has landed.
 */
export async function recoverMerge(
  context: Context,
  id: string,
  state: string,
  merge: MergeJournal,
): Promise<boolean> {
  const landed = await finishMerge(context, id, state, merge);
  const built = asBuilt(merge);
  if (!landed || !built || built.docs === true) return landed;
  // Only here is it needed, and it brings half of the gates along.
  const { tellUnsynced } = await import("./sync-dependencies.ts");
  await tellUnsynced(context, built);
  return true;
}

/** The same for a merge whose own process goes on, and sees itself to what it has left to install. */
export async function finishMerge(
  context: Context,
  id: string,
  state: string,
  merge: MergeJournal,
): Promise<boolean> {
  const built = asBuilt(merge);
  if (!built || isBeforePublishing(state)) {
    await endGate(context, merge.gateRun);
    await abandon(context, id, merge);
    return false;
  }
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${merge.target}`);
  const landed = await hasLanded(context, id, state, built, current);
  await putCheckoutRight(context, id, state, built);
  if (!landed) {
    await abandon(context, id, merge);
    return false;
  }
  await recordMerge(context, id, built);
  // From "published" on it is known, and told, what became of the push.
  if (merge.push === true && state !== "published") await tellUnconfirmed(context, built);
  await cleanUp(context, id, built);
  return true;
}

async function hasLanded(
  context: Context,
  id: string,
  state: string,
  { candidate }: BuiltMerge,
  current: string | undefined,
): Promise<boolean> {
  if (current === undefined) return false;
  if (current === candidate) return true;
  const git = await context.git();
  // Without its pin it was being abandoned, and may have been collected as garbage: git could not be asked about it.
  if (state !== "published" && (await git.commitOf(pinRef(id))) === undefined) return false;
  return git.isAncestor(candidate, current);
}
