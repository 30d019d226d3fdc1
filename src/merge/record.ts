import type { Context } from "../context.ts";
import { batchJobs } from "../model/counter.ts";
import type { Task } from "../model/task.ts";
import { endsOf } from "../model/workflow.ts";
import { incrementCounter, listDueJobs } from "../store/counters.ts";
import { addTransition } from "../store/history.ts";
import { setJournal } from "../store/journal.ts";
import { addMerge } from "../store/merges.ts";
import type { Writer } from "../store/store.ts";
import { findTask, setPhase } from "../store/tasks.ts";
import type { BuiltMerge } from "./merge-journal.ts";

/** Writes down that a merge landed (now, if not told): record, counters, phase and history at once, exactly once. */
export async function recordMerge(
  context: Context,
  id: string,
  merge: BuiltMerge,
  landedAt?: string,
): Promise<readonly string[]> {
  // The default branch has moved in git: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  const { task, transition, gateRun = null, docs = false } = merge;
  const { to } = endsOf(transition);
  return store.write(async (tx) => {
    // False = another process has finished it, record and all; what follows is then done already.
    await setJournal(tx, id, "published", merge);
    const added = await addMerge(tx, {
      ...{
        id,
        task_id: task,
        kind: docs ? "docs" : "merge",
        branch: merge.target,
        old_sha: merge.old,
        head_sha: merge.head,
      },
      ...{ commit_sha: merge.candidate, tree: merge.tree, gate_run_id: gateRun },
      ...{ actor: merge.actor, merged_at: landedAt ?? tx.stamp.now() },
    });
    const despite = merge.forced ? ", although merging was locked" : "";
    const summary = `merged ${docs ? "the documents of " : ""}${task} to ${merge.target} as ${merge.candidate.slice(0, 7)}${despite}`;
    // Whatever was done to the task meanwhile, its code is on the branch now.
    const found = added && !docs ? await findTask(tx, task) : undefined;
    if (found) await moveMerged(tx, found, { from: found.phase, to, gateRun });
    const due = added && !docs ? await countMerge(tx) : [];
    await tx.event({
      ...{ task, summary: added ? summary : `finished ${id}`, data: { ...merge, operation: id } },
      // Somebody merged it long ago; that it was found again is nothing to be taken back.
      ...(landedAt !== undefined && { undo: "pass_over" as const }),
    });
    return due;
  });
}

async function moveMerged(
  tx: Writer,
  { id }: Task,
  { from, to, gateRun }: { from: string; to: string; gateRun: number | null },
): Promise<void> {
  const step = { task_id: id, kind: "merge", gate_run_id: gateRun, gate_result: "pass" } as const;
  if (from !== to) await setPhase(tx, id, from, to);
  await addTransition(tx, { ...step, from_phase: from, to_phase: to, gate_details: null });
  if (to !== "MERGED") return;
  // The merge's own verdict serves: the candidate is what the default branch is now.
  await setPhase(tx, id, "MERGED", "DONE");
  await addTransition(tx, { ...step, from_phase: "MERGED", to_phase: "DONE", gate_details: null });
}

/** Counts a merge for the batch jobs; tells those that are due. */
async function countMerge(tx: Writer): Promise<string[]> {
  for (const counter of Object.keys(batchJobs)) await incrementCounter(tx, counter);
  return listDueJobs(tx);
}
