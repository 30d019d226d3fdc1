import * as z from "zod/mini";
import { DryRun, field } from "../../model/field.ts";
import { Worker } from "../../model/worker.ts";
import { listSilent, markStale } from "../../store/leases.ts";
import { defineOperation } from "../operation.ts";

const hour = 3_600_000;

/** `calm worker cleanup` */
export const workerCleanup = defineOperation({
  name: "worker cleanup",
  summary: "Mark active workers that have been silent for hours as stale",
  kind: "stale_workers",
  effect: "write",
  examples: ["calm worker cleanup", "calm worker cleanup --max-age-hours 0.5 --dry-run"],
  input: z.object({
    max_age_hours: field(
      z._default(z.number().check(z.minimum(0), z.maximum(100_000)), 2),
      "Hours since the last sign of life",
    ),
    dry_run: DryRun,
  }),
  output: z.object({ workers: z.array(Worker), dry_run: z.boolean() }),
  async run(context, input) {
    const since = new Date(Date.parse(context.now()) - input.max_age_hours * hour).toISOString();
    const store = await context.store();
    const workers = input.dry_run
      ? await listSilent(store, since)
      : await store.housekeep(async (tx) => markStale(tx, await listSilent(tx, since)));
    return { workers: workers.map((one) => z.parse(Worker, one)), dry_run: input.dry_run };
  },
  text: ({ workers, dry_run: dry }) =>
    [
      `${dry ? "Would mark" : "Marked"} ${workers.length} stale workers`,
      ...workers.map(({ id, task_id: task, role }) => `  ${id}  ${task}  ${role}`),
    ].join("\n"),
});
