import * as z from "zod/mini";
import { listWorkerStates } from "../../tasks/project-state.ts";
import { defineOperation } from "../operation.ts";
import { WorkerLine, workerTable } from "./describe-workers.ts";

/** `calm status workers` */
export const statusWorkers = defineOperation({
  name: "status workers",
  summary: "List the workers that are at work, and those that fell silent",
  kind: "workers",
  effect: "read",
  examples: ["calm status workers"],
  watch: true,
  input: z.object({}),
  output: z.object({ workers: z.array(WorkerLine) }),
  run: async (context) => ({ workers: await listWorkerStates(context) }),
  text: ({ workers }, text) => (workers.length === 0 ? "No active workers." : workerTable(workers, text)),
});
