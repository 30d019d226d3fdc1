import * as z from "zod/mini";
import { field, TaskArgument } from "../../model/field.ts";
import { Worker } from "../../model/worker.ts";
import { findWorkingRole } from "../../roles/find-role.ts";
import { getTask, setTask } from "../../store/tasks.ts";
import { addWorker } from "../../store/workers.ts";
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
    return store.write(async (tx) => {
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
      await addWorker(tx, worker, rules.ttl);
      await setTask(tx, task.id, { specialist: role });
      // Who started whom decides whose work a reviewer may review.
      const data = { ...worker, started_by: context.actor.worker ?? null };
      await tx.event({ task: task.id, summary: `started worker ${worker.id} as ${role}`, data });
      return worker;
    });
  },
  text: ({ id }) => id,
  next: ({ id }) => [`export CALM_WORKER=${id}`],
});
