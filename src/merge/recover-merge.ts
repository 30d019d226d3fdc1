import type { Context } from "../context.ts";
import { endGateRun, findGateRun } from "../store/gate-runs.ts";
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
import { putRight } from "./put-right.ts";
import { recordMerge } from "./record.ts";

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
  const built = asBuilt(merge);
  if (!built || isBeforePublishing(state)) {
    await endGate(context, merge.gateRun);
    await abandon(context, id, merge);
    return false;
  }
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${merge.target}`);
  const landed = await hasLanded(context, id, state, built, current);
  await putRight(context, id, state, built);
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

/** The run of a gate that was cut short is a row that never counts as a pass; what it was running is ended already. */
async function endGate(context: Context, gateRun: number | undefined): Promise<void> {
  if (gateRun === undefined) return;
  // Tidying up after somebody is no work of the worker that does it.
  const store = await context.storeBeyondLease();
  await store.housekeep(async (tx) => {
    if ((await findGateRun(tx, gateRun))?.state !== "running") return;
    await endGateRun(tx, gateRun, { state: "abandoned", verdict: "fail", reason: "calm was killed" });
  });
}
