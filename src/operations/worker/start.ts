import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { defaultMaxWorkers, Worker } from "../../model/worker.ts";
import { findWorkingRole } from "../../roles/find-role.ts";
import { getTask, setTask } from "../../store/tasks.ts";
import { addWorker, listWorkers } from "../../store/workers.ts";
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
    const most = (await loadConfig(context)).config.max_workers ?? defaultMaxWorkers;
    const store = await context.store();
    return store.write(async (tx) => {
      const task = await getTask(tx, input.task);
      const active = await listWorkers(tx, { status: "active" });
      if (active.length >= most) throw tooMany(most, active);
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
      await addWorker(tx, worker);
      await setTask(tx, task.id, { specialist: role });
      await tx.event({ task: task.id, summary: `started worker ${worker.id} as ${role}`, data: worker });
      return worker;
    });
  },
  text: ({ id }) => id,
});

function tooMany(most: number, active: readonly Worker[]): Failure {
  return new Failure("too_many_workers", `${active.length} workers are active; the project allows ${most}`, {
    hint: `End one: calm worker complete ${active[0]?.id ?? "<id>"}, or raise max_workers in .calm/config.yaml`,
    details: { active: active.map((worker) => worker.id) },
  });
}
