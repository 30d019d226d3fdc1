import { Failure } from "../failure.ts";
import { staleWorker } from "../model/lease.ts";
import type { Task } from "../model/task.ts";
import { reviewingRoles, type Worker } from "../model/worker.ts";
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
  const refusal = await findOwnWork(tx, worker);
  if (refusal) throw refusal;
  return id;
}

/** Why a worker in a reviewing role may not review its task: its own line has built it. */
export async function findOwnWork(store: Reader, reviewer: Worker): Promise<Failure | undefined> {
  const builder = await findBuilderOfSameLine(store, reviewer);
  if (!builder) return undefined;
  const { id, task_id: task, role } = reviewer;
  const how = builder.above ? "was started by" : "started";
  const message = `Worker ${id} ${how} ${builder.worker.id}, which is ${builder.worker.role} on ${task}: it would review its own work`;
  return new Failure("reviewer_not_allowed", message, {
    hint: `Let whoever leads the work start a reviewer, without CALM_WORKER: calm worker start ${task} ${role}`,
    details: { worker: id, builder: builder.worker.id },
  });
}

/** A worker of the task in another role that started a reviewer, or was started by it, at whatever remove. */
async function findBuilderOfSameLine(
  tx: Reader,
  reviewer: Worker,
): Promise<{ readonly worker: Worker; readonly above: boolean } | undefined> {
  const line = await startersOf(tx, reviewer.id);
  const builders = (await listWorkers(tx, { task: reviewer.task_id })).filter(
    ({ role }) => !reviewingRoles.includes(role),
  );
  for (const worker of builders) {
    if (line.includes(worker.id)) return { worker, above: true };
    if ((await startersOf(tx, worker.id)).includes(reviewer.id)) return { worker, above: false };
  }
  return undefined;
}

/** The workers that led to a worker, the nearest first. */
async function startersOf(tx: Reader, worker: string): Promise<string[]> {
  const starters: string[] = [];
  let starter = await findStarter(tx, worker);
  while (starter !== undefined && !starters.includes(starter)) {
    starters.push(starter);
    starter = await findStarter(tx, starter);
  }
  return starters;
}
