import type { Context } from "../context.ts";
import { batchDue, batchJobs } from "../model/counter.ts";
import { endsOf } from "../model/workflow.ts";
import { incrementCounter } from "../store/counters.ts";
import { addTransition } from "../store/history.ts";
import { setJournal } from "../store/journal.ts";
import { addMerge } from "../store/merges.ts";
import { findTask, setPhase } from "../store/tasks.ts";
import type { BuiltMerge } from "./merge-journal.ts";

/** Writes down that a merge landed: record, counters, phase and history in one transaction, exactly once. */
export async function recordMerge(
  context: Context,
  id: string,
  merge: BuiltMerge,
): Promise<readonly string[]> {
  // The default branch has moved in git: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  const { task, transition, gateRun } = merge;
  const { to } = endsOf(transition);
  const step = { task_id: task, kind: "merge", gate_run_id: gateRun, gate_result: "pass" } as const;
  return store.write(async (tx) => {
    // False = another process has finished it, record and all; what follows is then done already.
    await setJournal(tx, id, "published", merge);
    const added = await addMerge(tx, {
      ...{ id, task_id: task, kind: "merge", branch: merge.target, old_sha: merge.old, head_sha: merge.head },
      ...{ commit_sha: merge.candidate, tree: merge.tree, gate_run_id: gateRun },
      ...{ actor: merge.actor, merged_at: tx.stamp.now() },
    });
    const despite = merge.forced ? ", although merging was locked" : "";
    const summary = `merged ${task} to ${merge.target} as ${merge.candidate.slice(0, 7)}${despite}`;
    await tx.event({ task, summary: added ? summary : `finished ${id}`, data: { ...merge, operation: id } });
    if (!added) return [];
    // Whatever was done to the task meanwhile, its code is on the branch now.
    const found = await findTask(tx, task);
    if (!found) return [];
    if (found.phase !== to) await setPhase(tx, task, found.phase, to);
    await addTransition(tx, { ...step, from_phase: found.phase, to_phase: to, gate_details: null });
    if (to === "MERGED") {
      // The merge's own verdict serves: the candidate is what the default branch is now.
      await setPhase(tx, task, "MERGED", "DONE");
      await addTransition(tx, { ...step, from_phase: "MERGED", to_phase: "DONE", gate_details: null });
    }
    const due: string[] = [];
    for (const [counter, job] of Object.entries(batchJobs)) {
      const { value } = await incrementCounter(tx, counter);
      if (value >= batchDue) due.push(`${counter} is ${value}: ${job} is due`);
    }
    return due;
  });
}
