import { addBlockers } from "../store/blockers.ts";
import { addTransitions } from "../store/history.ts";
import type { Writer } from "../store/store.ts";
import { addTasks } from "../store/tasks.ts";
import type { ImportPlan } from "./plan-import.ts";

/** Writes the tasks of an import, each with the beginning of its history and an event of its own. */
export async function importTasks(tx: Writer, plan: ImportPlan): Promise<void> {
  await addTasks(tx, plan.tasks);
  const relations = [...plan.blockers].flatMap(([task, behind]) =>
    behind.map((blocker) => [task, blocker] as const),
  );
  await addBlockers(tx, relations);
  const beginning = { kind: "forward", gate_run_id: null, gate_result: null, gate_details: null } as const;
  await addTransitions(
    tx,
    plan.tasks.map(({ id, phase }) => ({ task_id: id, from_phase: "", to_phase: phase, ...beginning })),
  );
  await tx.events(
    plan.tasks.map((task) => ({
      task: task.id,
      summary: `imported ${task.type} ${task.id}: ${task.title}`,
      data: { task: { ...task, blocked_by: plan.blockers.get(task.id) ?? [] } },
    })),
  );
}
