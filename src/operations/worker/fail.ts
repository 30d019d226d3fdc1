import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Prose } from "../../model/task.ts";
import { Worker } from "../../model/worker.ts";
import { endWorker } from "../../store/workers.ts";
import { namedWorker, WorkerArgument } from "../../workers/named-worker.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker fail` */
export const workerFail = defineOperation({
  name: "worker fail",
  summary: "Mark a worker as failed",
  kind: "worker",
  effect: "write",
  examples: ['calm worker fail W-k3m9x2p7qa --reason "the API has no such endpoint"'],
  input: z.object({
    worker: WorkerArgument,
    reason: z.optional(field(Prose, "Why it failed; kept")),
  }),
  positional: ["worker"],
  output: Worker,
  async run(context, input) {
    const id = namedWorker(context, input.worker);
    const store = await context.store();
    return store.write(async (tx) => {
      const worker = await endWorker(tx, id, "failed", input.reason ?? null);
      await tx.event({ task: worker.task_id, summary: `worker ${worker.id} failed`, data: worker });
      return worker;
    });
  },
  text: ({ id }) => `Worker ${id} marked as failed`,
});
