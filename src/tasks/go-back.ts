import { Failure } from "../failure.ts";
import type { ReviewType } from "../model/review.ts";
import type { Task } from "../model/task.ts";
import { stepsFrom } from "../model/steps-from.ts";
import { gateOf, hasLanded, phaseIndex } from "../model/workflow.ts";
import { voidGateRuns } from "../store/gate-runs.ts";
import { addTransition } from "../store/history.ts";
import { voidReviews } from "../store/reviews.ts";
import type { Writer } from "../store/store.ts";
import { getTask, setPhase } from "../store/tasks.ts";

/** Takes a task back to an earlier phase and voids what was proven from there on. */
export async function goBack(tx: Writer, task: Task, to: string, reason: string | undefined): Promise<Task> {
  requireWayBack(task, to, reason);
  const onwards = stepsFrom(task.type, to);
  await setPhase(tx, task.id, task.phase, to);
  await voidGateRuns(tx, task.id, onwards);
  const types = onwards
    .map((name) => gateOf(name).reviews?.type)
    .filter((type): type is ReviewType => type !== undefined);
  await voidReviews(tx, task.id, [...new Set(types)], `went back to ${to}`);
  await addTransition(tx, {
    ...{ task_id: task.id, from_phase: task.phase, to_phase: to, kind: "back", gate_run_id: null },
    ...{ gate_result: null, gate_details: reason ?? null },
  });
  const summary = `${task.phase} → ${to}, back: ${reason ?? ""}`;
  await tx.event({ task: task.id, summary, data: { from: task.phase, to, reason, voided: onwards } });
  return getTask(tx, task.id);
}

function requireWayBack(task: Task, to: string, reason: string | undefined): void {
  if (hasLanded(task)) {
    throw new Failure("no_back_transition", `Task ${task.id} is in ${task.phase}: its code has landed`, {
      hint: "Report what is wrong as a new bug: calm task create BUG --next <title>",
    });
  }
  if (phaseIndex(task.type, to) >= phaseIndex(task.type, task.phase)) {
    throw new Failure("unknown_transition", `${to} is not before ${task.phase}`, {
      hint: `Go on without --back: calm task transition ${task.id} ${to}`,
    });
  }
  if (reason === undefined || reason.trim() === "") {
    throw new Failure("invalid_input", "Going back needs a reason", {
      hint: `Add it: calm task transition ${task.id} ${to} --back --reason "<why>"`,
    });
  }
}
