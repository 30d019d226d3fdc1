import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Worker } from "../model/worker.ts";
import { getWorker, listWorkers } from "../store/workers.ts";

/** The worker that a briefing is for: the one named, else the caller, else the only active one of task and role. */
export async function chooseWorker(
  context: Context,
  task: string,
  role: string,
  named: string | undefined,
): Promise<Worker | undefined> {
  const store = await context.store();
  const fits = (worker: Worker): boolean => worker.task_id === task && worker.role === role;
  if (named !== undefined) {
    const worker = await getWorker(store, named);
    if (fits(worker)) return worker;
    const message = `Worker ${worker.id} is ${worker.role} on ${worker.task_id}, not ${role} on ${task}`;
    throw new Failure("invalid_input", message, {
      hint: `See the task's workers: calm worker list --task ${task}`,
    });
  }
  const workers = (await listWorkers(store, { task })).filter(fits);
  // A lead that prepares another worker's briefing is not the one it is for.
  const own = workers.find(({ id }) => id === context.actor.worker);
  const active = workers.filter(({ status }) => status === "active");
  return own ?? (active.length === 1 ? active[0] : undefined);
}
