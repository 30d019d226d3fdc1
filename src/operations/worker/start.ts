import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { reviewingRoles, Worker } from "../../model/worker.ts";
import { findWorkingRole } from "../../roles/find-role.ts";
import { getTask, setTask } from "../../store/tasks.ts";
import { addWorker } from "../../store/workers.ts";
import { findOwnWork } from "../../tasks/own-work.ts";
import { requirePlace, workerRules } from "../../workers/places.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker start` */
export const workerStart = defineOperation({
  name: "worker start",
  summary: "Register a worker for a task and print its id",
  kind: "worker",
  effect: "write",
  examples: ["calm worker start SPEC-001 backend", "CALM_WORKER=$(calm worker start SPEC-001 reviewer)"],
  input: z.object({
    task: TaskArgument,
    role: field(z.string(), "Role it works in, for example backend or reviewer"),
  }),
  positional: ["task", "role"],
  output: Worker,
  async run(context, input) {
    const { name: role } = await findWorkingRole(context, input.role);
    const rules = await workerRules(context);
    const store = await context.store();
    const startedBy = context.actor.worker ?? null;
    const started = await store.write(async (tx) => {
      const task = await getTask(tx, input.task);
      await requirePlace(tx, rules);
      const now = context.now();
      const worker: Worker = {
        id: context.newId("W"),
        task_id: task.id,
        role,
        status: "active",
        reason: null,
        started_at: now,
        heartbeat_at: now,
        ended_at: null,
      };
      await addWorker(tx, worker, { ttl: rules.ttl, startedBy });
      await setTask(tx, task.id, { specialist: role });
      // Who started whom decides whose work a reviewer may review.
      const data = { ...worker, started_by: startedBy };
      await tx.event({ task: task.id, summary: `started worker ${worker.id} as ${role}`, data });
      return worker;
    });
    await warnOfOwnWork(context, started);
    return started;
  },
  text: ({ id }) => id,
  next: ({ id }) => [`export CALM_WORKER=${id}`],
});

/** A builder that starts its own reviewer learns now, and not after the review, that it will not count. */
async function warnOfOwnWork(context: Context, started: Worker): Promise<void> {
  if (!reviewingRoles.includes(started.role)) return;
  const own = await findOwnWork(await context.store(), started);
  if (own) context.warn(`${own.message}, and its reviews are refused. ${own.hint}`);
}
