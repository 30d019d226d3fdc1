import * as z from "zod/mini";

/** What the journal remembers of a merge: enough to finish it, or to take it back. */
export const MergeJournal = z.object({
  kind: z.literal("merge"),
  task: z.string(),
  title: z.string(),
  transition: z.enum(["INTEGRATE-VERIFY", "TESTED-MERGED"]),
  /** Short name of the default branch. */
  target: z.string(),
  /** What the default branch was when the candidate was built. */
  old: z.string(),
  /** First parent: `old`, or its fetched upstream. */
  base: z.string(),
  /** Tip of the task's branch; second parent. */
  head: z.string(),
  candidate: z.optional(z.string()),
  tree: z.optional(z.string()),
  gateRun: z.optional(z.int()),
});
export type MergeJournal = z.output<typeof MergeJournal>;

/** A merge whose candidate exists. */
export type BuiltMerge = MergeJournal & { readonly candidate: string; readonly tree: string };

/** The states of a merge's journal entry, in order; `conflict` and `aborted` end it early. */
export type MergeState = "intent" | "built" | "gated" | "publishing" | "published" | "done" | "aborted";

/** Keeps a candidate from being collected as garbage until its merge is done. */
export function pinRef(operation: string): string {
  return `refs/calm/op/${operation}`;
}
