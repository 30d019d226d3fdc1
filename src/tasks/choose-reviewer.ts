import { Failure } from "../failure.ts";
import { staleWorker } from "../model/lease.ts";
import type { Task } from "../model/task.ts";
import { reviewingRoles } from "../model/worker.ts";
import type { Writer } from "../store/store.ts";
import { getWorker } from "../store/workers.ts";
import { findOwnWork } from "./own-work.ts";

/**
 * Who reviews: the worker named, else the one that runs calm, else the user of the machine. A worker must have been
 * started in a reviewing role on this task, and neither it nor who started it, nor whom it started, may have worked on
 * the task in any other role.
 */
export async function chooseReviewer(tx: Writer, task: Task, named: string | undefined): Promise<string> {
  const { actor } = tx.stamp;
  const id = named ?? actor.worker;
  if (id === undefined) return `user:${actor.user}`;
  const worker = await getWorker(tx, id);
  const refuse = (message: string): never => {
    const hint = `Start a reviewer: calm worker start ${task.id} reviewer`;
    throw new Failure("reviewer_not_allowed", message, { hint });
  };
  if (worker.task_id !== task.id) refuse(`Worker ${id} works on ${worker.task_id}, not on ${task.id}`);
  if (!reviewingRoles.includes(worker.role)) {
    refuse(`Worker ${id} is ${worker.role} on ${task.id}; only ${reviewingRoles.join(", ")} may review`);
  }
  if (worker.status === "stale") throw staleWorker(worker);
  if (worker.status !== "active" && worker.status !== "completed") refuse(`Worker ${id} is ${worker.status}`);
  const own = await findOwnWork(tx, worker);
  if (own) {
    const { message, hint, builder } = own;
    throw new Failure("reviewer_not_allowed", message, { hint, details: { worker: id, builder } });
  }
  return id;
}
