import { Failure } from "../failure.ts";
import { staleWorker } from "../model/lease.ts";
import type { Task } from "../model/task.ts";
import { reviewingRoles, type Worker } from "../model/worker.ts";
import { findLease } from "../store/leases.ts";
import type { Reader, Writer } from "../store/store.ts";
import { findStarter, getWorker, listWorkers } from "../store/workers.ts";

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
  const builder = await findBuilderOfSameLine(tx, worker);
  if (builder) {
    const how = builder.above ? "was started by" : "started";
    const message = `Worker ${id} ${how} ${builder.worker.id}, which is ${builder.worker.role} on ${task.id}: it would review its own work`;
    throw new Failure("reviewer_not_allowed", message, {
      hint: `Let whoever leads the work start a reviewer, without CALM_WORKER: calm worker start ${task.id} reviewer`,
      details: { worker: id, builder: builder.worker.id },
    });
  }
  return id;
}

/** A worker of the task in another role that started a reviewer, or was started by it, at whatever remove. */
async function findBuilderOfSameLine(
  tx: Reader,
  reviewer: Worker,
): Promise<{ readonly worker: Worker; readonly above: boolean } | undefined> {
  const line = await startersOf(tx, reviewer);
  const builders = (await listWorkers(tx, { task: reviewer.task_id })).filter(
    ({ role }) => !reviewingRoles.includes(role),
  );
  for (const worker of builders) {
    if (line.includes(worker.id)) return { worker, above: true };
    if ((await startersOf(tx, worker)).includes(reviewer.id)) return { worker, above: false };
  }
  return undefined;
}

/** The workers that led to a worker, the nearest first; each was there before the one that it started. */
async function startersOf(tx: Reader, worker: Worker): Promise<string[]> {
  const starters: string[] = [];
  for (let one: Worker | undefined = worker; one !== undefined; ) {
    const starter = await findStarter(tx, one);
    if (starter === undefined || starters.includes(starter)) break;
    starters.push(starter);
    one = await findLease(tx, starter);
  }
  return starters;
}
