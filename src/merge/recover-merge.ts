import type { Context } from "../context.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { abandon } from "./build-candidate.ts";
import { findCheckout, findLock } from "./checkout.ts";
import { cleanUp } from "./clean-up.ts";
import type { BuiltMerge, MergeJournal } from "./merge-journal.ts";
import { recordMerge } from "./record.ts";
import { settle } from "./settle.ts";

/** Finishes the merge of a dead process when its candidate reached the default branch, else takes it back. */
export async function recoverMerge(
  context: Context,
  id: string,
  state: string,
  merge: MergeJournal,
): Promise<void> {
  const { candidate, tree } = merge;
  if (candidate === undefined || tree === undefined || (state !== "publishing" && state !== "published")) {
    await abandon(context, id, merge);
    return;
  }
  const built: BuiltMerge = { ...merge, candidate, tree };
  // A git of the dead process may still be writing the checkout.
  await endLeftProcesses({ group: 0, marker: id });
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${merge.target}`);
  const landed = current !== undefined && (await git.isAncestor(candidate, current));
  const checkout = await findCheckout(context, merge.target);
  const locked = checkout && (await findLock(checkout, id));
  if (locked && current !== undefined) {
    await settle(context, locked, { from: merge.old, to: candidate, current });
  }
  if (!landed) {
    await abandon(context, id, merge);
    return;
  }
  await recordMerge(context, id, built);
  await cleanUp(context, id, built);
}
