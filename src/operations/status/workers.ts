import * as z from "zod/mini";
import { Worker } from "../../model/worker.ts";
import { listWorkerStates } from "../../tasks/project-state.ts";
import { defineOperation } from "../operation.ts";
import { workerTable } from "./describe-workers.ts";

/** `calm status workers` */
export const statusWorkers = defineOperation({
  name: "status workers",
  summary: "List the workers that are at work, and those that went stale",
  kind: "workers",
  effect: "read",
  examples: ["calm status workers"],
  watch: true,
  input: z.object({}),
  output: z.object({ workers: z.array(Worker) }),
  run: async (context) => ({ workers: await listWorkerStates(context) }),
  text: ({ workers }, text) => (workers.length === 0 ? "No active workers." : workerTable(workers, text)),
});
