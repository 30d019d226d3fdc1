import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { Worker, WorkerStatus } from "../../model/worker.ts";
import { listWorkers, listWorkersOfAllProjects } from "../../store/workers.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { markStaleWorkers } from "../../workers/mark-stale.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker list` */
export const workerList = defineOperation({
  name: "worker list",
  summary: "List the project's workers, oldest first",
  kind: "workers",
  effect: "read",
  examples: [
    "calm worker list",
    "calm worker list --status active",
    "calm worker list --all-projects --status stale",
  ],
  watch: true,
  input: z.object({
    status: z.optional(field(WorkerStatus, "Only workers of this status")),
    task: z.optional(field(z.string(), "Only workers of this task")),
    all_projects: field(z._default(z.boolean(), false), "The workers of every project of this machine"),
  }),
  output: z.object({
    workers: z.array(
      z.extend(Worker, { project: z.optional(field(z.string(), "Name; only with --all-projects")) }),
    ),
  }),
  async run(context, filter) {
    const store = await context.store();
    await markStaleWorkers(context);
    if (filter.all_projects) {
      return { workers: await listWorkersOfAllProjects(store, context.now(), filter) };
    }
    return { workers: await listWorkers(store, filter) };
  },
  text({ workers }, text) {
    if (workers.length === 0) return "No workers found.";
    const { now, colors } = text;
    const plain = (word: string): string => word;
    const named = workers.some(({ project }) => project !== undefined);
    const rows = workers.map((one) => [
      ...(named ? [one.project] : []),
      ...[one.id, one.task_id, one.role],
      { text: one.status, paint: one.status === "stale" ? colors.yellow : plain },
      ...[ago(one.started_at, now), ago(one.heartbeat_at, now)],
    ]);
    const heads = ["WORKER", "TASK", "ROLE", "STATUS", "STARTED", "LAST SEEN"];
    return table(
      [...(named ? ["PROJECT"] : []), ...heads.map((head) => ({ head, whole: true }))],
      rows,
      text,
    );
  },
});
