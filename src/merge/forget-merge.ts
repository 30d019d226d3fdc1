import type { Context } from "../context.ts";
import { batchJobs } from "../model/counter.ts";
import { shortId } from "../model/id.ts";
import { stepsFrom } from "../model/steps-from.ts";
import type { Task } from "../model/task.ts";
import { endsOf, hasLanded } from "../model/workflow.ts";
import { decrementCounter } from "../store/counters.ts";
import { voidGateRuns } from "../store/gate-runs.ts";
import { addTransition } from "../store/history.ts";
import { findMerge, type Merge, removeMerge } from "../store/merges.ts";
import type { Writer } from "../store/store.ts";
import { findTask, setPhase } from "../store/tasks.ts";
import { mergeTransition } from "./admit.ts";

/**
 * Takes a merge off the record that undo has taken off its branch: its task is again where it was before, unless it has
 * landed again since, and the merge not counted. Exactly once, however often it is asked.
 */
export async function forgetMerge(context: Context, merge: Merge): Promise<void> {
  const { id, task_id: task, kind, branch, commit_sha: commit } = merge;
  // Git has gone ahead: the record must follow, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  await store.write(async (tx) => {
    const removed = await removeMerge(tx, id);
    const why = `its merge ${shortId(commit)} was taken off ${branch ?? "its branch"}`;
    if (removed && kind === "merge") {
      const found = await findTask(tx, task);
      if (found && hasLanded(found) && !(await findMerge(tx, task))) await moveBack(tx, found, why);
      for (const counter of Object.keys(batchJobs)) await decrementCounter(tx, counter);
    }
    // Somebody undid it long ago; that this was found again is nothing to be taken back.
    await tx.event({ task, summary: `${task}: ${why}`, data: { merge }, undo: "pass_over" });
  });
}

async function moveBack(tx: Writer, task: Task, why: string): Promise<void> {
  const { from } = endsOf(mergeTransition(task));
  await setPhase(tx, task.id, task.phase, from);
  await voidGateRuns(tx, task.id, stepsFrom(task.type, from));
  await addTransition(tx, {
    ...{ task_id: task.id, from_phase: task.phase, to_phase: from, kind: "back", gate_run_id: null },
    ...{ gate_result: null, gate_details: why },
  });
}
