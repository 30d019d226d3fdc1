import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Prose } from "../../model/task.ts";
import { Worker } from "../../model/worker.ts";
import { endWorker, getWorker } from "../../store/workers.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker fail` */
export const workerFail = defineOperation({
  name: "worker fail",
  summary: "Mark a worker as failed",
  kind: "worker",
  effect: "write",
  examples: ['calm worker fail W-k3m9x2p7qa --reason "the API has no such endpoint"'],
  input: z.object({
    worker: field(z.string(), "Worker id, as `worker start` printed it"),
    reason: z.optional(field(Prose, "Why it failed; kept")),
  }),
  positional: ["worker"],
  output: Worker,
  async run(context, input) {
    const store = await context.store();
    return store.write(async (tx) => {
      await endWorker(tx, input.worker, "failed", input.reason ?? null);
      const worker = await getWorker(tx, input.worker);
      await tx.event({ task: worker.task_id, summary: `worker ${worker.id} failed`, data: worker });
      return worker;
    });
  },
  text: ({ id }) => `Worker ${id} marked as failed`,
});
