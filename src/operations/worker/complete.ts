import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Worker } from "../../model/worker.ts";
import { endWorker, getWorker } from "../../store/workers.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker complete` */
export const workerComplete = defineOperation({
  name: "worker complete",
  summary: "Mark a worker as completed",
  kind: "worker",
  effect: "write",
  examples: ["calm worker complete W-k3m9x2p7qa"],
  input: z.object({ worker: field(z.string(), "Worker id, as `worker start` printed it") }),
  positional: ["worker"],
  output: Worker,
  async run(context, input) {
    const store = await context.store();
    return store.write(async (tx) => {
      await endWorker(tx, input.worker, "completed", null);
      const worker = await getWorker(tx, input.worker);
      await tx.event({ task: worker.task_id, summary: `worker ${worker.id} completed`, data: worker });
      return worker;
    });
  },
  text: ({ id }) => `Worker ${id} marked as completed`,
});
