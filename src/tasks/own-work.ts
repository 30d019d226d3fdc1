import { reviewingRoles, type Worker } from "../model/worker.ts";
import type { Reader } from "../store/store.ts";
import { findStarter, listWorkers } from "../store/workers.ts";

/** Why a reviewer would review what its own line has built, and the way on. */
export interface OwnWork {
  readonly builder: string;
  readonly message: string;
  readonly hint: string;
}

/** Whether a worker in a reviewing role would review its own line's work; undefined = it may review. */
export async function findOwnWork(store: Reader, reviewer: Worker): Promise<OwnWork | undefined> {
  const found = await findBuilderOfSameLine(store, reviewer);
  if (!found) return undefined;
  const { id, task_id: task, role } = reviewer;
  const { worker: builder, above } = found;
  const how = above ? "was started by" : "started";
  return {
    builder: builder.id,
    message: `Worker ${id} ${how} ${builder.id}, which is ${builder.role} on ${task}: it would review its own work`,
    hint: `Let whoever leads the work start a reviewer, without CALM_WORKER: calm worker start ${task} ${role}`,
  };
}

/** A worker of the task in another role that started a reviewer, or was started by it, at whatever remove. */
async function findBuilderOfSameLine(
  store: Reader,
  reviewer: Worker,
): Promise<{ readonly worker: Worker; readonly above: boolean } | undefined> {
  const line = await startersOf(store, reviewer.id);
  const builders = (await listWorkers(store, { task: reviewer.task_id })).filter(
    ({ role }) => !reviewingRoles.includes(role),
  );
  for (const worker of builders) {
    if (line.includes(worker.id)) return { worker, above: true };
    if ((await startersOf(store, worker.id)).includes(reviewer.id)) return { worker, above: false };
  }
  return undefined;
}

/** The workers that led to a worker, the nearest first. */
async function startersOf(store: Reader, worker: string): Promise<string[]> {
  const starters: string[] = [];
  let starter = await findStarter(store, worker);
  while (starter !== undefined && !starters.includes(starter)) {
    starters.push(starter);
    starter = await findStarter(store, starter);
  }
  return starters;
}
