import * as z from "zod/mini";
import { Worker } from "../../model/worker.ts";
import { listWorkers } from "../../store/workers.ts";
import { ago } from "../../text/ago.ts";
import { markStaleWorkers } from "../../workers/mark-stale.ts";
import { defineOperation } from "../operation.ts";

/** `calm status workers` */
export const statusWorkers = defineOperation({
  name: "status workers",
  summary: "List the active workers",
  kind: "workers",
  effect: "read",
  examples: ["calm status workers"],
  input: z.object({}),
  output: z.object({ workers: z.array(Worker) }),
  async run(context) {
    await markStaleWorkers(context);
    return { workers: await listWorkers(await context.store(), { status: "active" }) };
  },
  text: ({ workers }, { now }) =>
    workers.length === 0
      ? "No active workers."
      : workers
          .map((one) => `${one.id}  ${one.task_id}  ${one.role}  since ${ago(one.started_at, now)}`)
          .join("\n"),
});
