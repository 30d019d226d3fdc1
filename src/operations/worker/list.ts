import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Worker, WorkerStatus } from "../../model/worker.ts";
import { listWorkers } from "../../store/workers.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker list` */
export const workerList = defineOperation({
  name: "worker list",
  summary: "List the project's workers, oldest first",
  kind: "workers",
  effect: "read",
  examples: ["calm worker list", "calm worker list --status active"],
  watch: true,
  input: z.object({
    status: z.optional(field(WorkerStatus, "Only workers of this status")),
    task: z.optional(field(z.string(), "Only workers of this task")),
  }),
  output: z.object({ workers: z.array(Worker) }),
  async run(context, filter) {
    return { workers: await listWorkers(await context.store(), filter) };
  },
  text({ workers }, text) {
    if (workers.length === 0) return "No workers found.";
    const rows = workers.map((one) => [
      one.id,
      one.task_id,
      one.role,
      one.status,
      ago(one.started_at, text.now),
    ]);
    const [whole, heads] = [true, ["WORKER", "TASK", "ROLE", "STATUS", "STARTED"]];
    return table(
      heads.map((head) => ({ head, whole })),
      rows,
      text,
    );
  },
});
