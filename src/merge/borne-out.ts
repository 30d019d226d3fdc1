import type { Context } from "../context.ts";
import type { TrailedMerge } from "../git/calm-merges.ts";
import type { Task } from "../model/task.ts";
import { findGateRun } from "../store/gate-runs.ts";
import { findJournal } from "../store/journal.ts";
import { mergeTransition } from "./admit.ts";
import { notDocuments } from "./documents.ts";
import { isBeforePublishing, MergeJournal } from "./merge-journal.ts";

/**
 * Whether there is evidence of a merge besides the trailers of its commit, which anybody can write: its gate passed on
 * just this tree, or this very operation came so far, or there is nothing but documents in it, which need no gate.
 */
export async function isBorneOut(context: Context, merge: TrailedMerge, task: Task): Promise<boolean> {
  if (await wasUnderWay(context, merge)) return true;
  if (merge.gateRun === undefined) {
    const git = await context.git();
    return notDocuments(await git.changedFiles(merge.parents[0], merge.commit)).length === 0;
  }
  const run = await findGateRun(await context.store(), merge.gateRun);
  if (run?.state !== "finished" || run.verdict !== "pass") return false;
  return run.task_id === task.id && run.tree === merge.tree && run.transition === mergeTransition(task);
}

/** Whether the journal has this operation with this commit, past its gate. */
async function wasUnderWay(context: Context, { operation, task, commit }: TrailedMerge): Promise<boolean> {
  const entry = await findJournal(await context.store(), operation);
  if (!entry || entry.state === "aborted") return false;
  if (entry.state !== "gated" && isBeforePublishing(entry.state)) return false;
  const merge = MergeJournal.safeParse(entry.data).data;
  return merge?.task === task && merge.candidate === commit;
}
