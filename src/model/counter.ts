import * as z from "zod/mini";
import { Count } from "./field.ts";

/** A named number of a project. */
export const Counter = z.object({ name: z.string(), value: Count });
export type Counter = z.output<typeof Counter>;

/** The counters that every project has. */
export const standardCounters = ["merge_lock", "merges_since_e2e", "merges_since_docs"] as const;

/** The value at which a batch counter says that its job is due. */
export const batchDue = 12;

/** The batch job that each counter stands for. */
export const batchJobs: Readonly<Record<string, string>> = {
  merges_since_e2e: "an end-to-end run (role e2e-runner)",
  merges_since_docs: "a documentation update (role doc-writer)",
};
