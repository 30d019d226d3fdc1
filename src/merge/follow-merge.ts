import type { Context } from "../context.ts";
import type { LivingPlace, MergePlace } from "../model/merge-queue.ts";
import { listCheckRuns } from "../store/check-runs.ts";
import { listDueJobs } from "../store/counters.ts";
import { findGateRun } from "../store/gate-runs.ts";
import { findJournal, type JournalEntry, listOpenJournal } from "../store/journal.ts";
import { administer } from "./administer.ts";
import { createPatience } from "./await-turn.ts";
import { isCleared } from "./clean-up.ts";
import { asBuilt, type BuiltMerge, MergeJournal } from "./merge-journal.ts";
import type { MergeOutcome } from "./merge-outcome.ts";
import { lookAtQueue } from "./merge-queue.ts";

/**
 * Waits for the merge of a task that another process has in the queue, and tells what came of it; undefined when it
 * came to nothing, so that one has to try oneself. Failure busy when the queue has not moved on for too long.
 */
export async function followMerge(
  context: Context,
  other: LivingPlace,
  { docs, wait }: { readonly docs: boolean; readonly wait: number },
): Promise<MergeOutcome | undefined> {
  const patience = createPatience(context, `merge of ${other.task_id} by another process`, wait);
  let { operation } = other;
  try {
    for (;;) {
      const queue = await lookAtQueue(context);
      const index = queue.findIndex(({ number }) => number === other.number);
      const place = queue[index];
      if (!place || place.stopped) break;
      operation = place.operation;
      await patience.wait(queue.slice(0, index + 1), { task: other.task_id, docs });
    }
  } finally {
    patience.end();
  }
  // What died on the way is finished, or taken back, before it is asked what came of it.
  await administer(context, () => Promise.resolve());
  return operation === null ? undefined : outcomeOf(context, operation);
}

/** Finishes what an interrupted merge of the task has left, and tells of it if it has landed. */
export async function finishInterrupted(
  context: Context,
  task: string,
  kind: MergePlace["kind"],
): Promise<MergeOutcome | undefined> {
  const open = await listOpenJournal(await context.store());
  if (open.length === 0) return undefined;
  const left = open.find((entry) => entry.task_id === task && kindOf(entry) === kind);
  await administer(context, () => Promise.resolve());
  // Whoever is told of what a dead process began does not join the queue, where its place would be found.
  if (left) await lookAtQueue(context);
  const outcome = left && (await outcomeOf(context, left.id));
  return outcome?.landed === true ? outcome : undefined;
}

function kindOf({ data }: JournalEntry): MergePlace["kind"] | undefined {
  const merge = MergeJournal.safeParse(data).data;
  return merge && (merge.docs === true ? "docs" : "merge");
}

/**
 * What the records say of a merge that has ended; undefined when it ended without landing and without a red gate, or
 * landed documents that are no longer all of them.
 */
async function outcomeOf(context: Context, operation: string): Promise<MergeOutcome | undefined> {
  const store = await context.store();
  const entry = await findJournal(store, operation);
  const merge = entry && asBuilt(MergeJournal.parse(entry.data));
  if (!merge) return undefined;
  const landed = entry.state === "done";
  // A branch of documents goes on: what has been written since is not merged by that.
  if (landed && merge.docs === true && !(await isTip(context, merge))) return undefined;
  const run = merge.gateRun === undefined ? undefined : await findGateRun(store, merge.gateRun);
  const red = entry.state === "aborted" && run?.state === "finished" && run.verdict !== "pass";
  if (!landed && !red) return undefined;
  const report = run && { run, checks: await listCheckRuns(store, run.id) };
  const gone = landed && (await isCleared(context, merge.task));
  const due = landed && report ? await listDueJobs(store) : [];
  return { landed, merge, removed: gone, due, ...(report && { report }) };
}

async function isTip(context: Context, { task, head }: BuiltMerge): Promise<boolean> {
  const git = await context.git();
  return (await git.commitOf(`refs/heads/${task}`)) === head;
}
