import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { type BuiltMerge, type MergeJournal, type MergeState, pinRef } from "./merge-journal.ts";

/** Writes a merge's next state down, before or after the step that the state names. */
export async function journal(
  context: Context,
  id: string,
  state: MergeState,
  merge: MergeJournal,
): Promise<void> {
  const store = await context.store();
  await store.housekeep((tx) => setJournal(tx, id, state, merge, state === "done" || state === "aborted"));
}

/** Ends a merge that did not reach the default branch. */
export async function abandon(context: Context, id: string, merge: MergeJournal): Promise<void> {
  await dropPin(context, id);
  await journal(context, id, "aborted", merge);
}

/** Lets go of a candidate. */
export async function dropPin(context: Context, id: string): Promise<void> {
  const git = await context.git();
  const pinned = await git.commitOf(pinRef(id));
  if (pinned !== undefined) await git.deleteRef(pinRef(id), pinned);
}

/** Merges in memory and writes the result as a commit that nothing but a pin points to; Failure merge_conflict. */
export async function buildCandidate(
  context: Context,
  id: string,
  merge: MergeJournal,
  trailers: readonly string[],
): Promise<BuiltMerge> {
  const store = await context.store();
  await store.housekeep((tx) => openJournal(tx, { id, task: merge.task, state: "intent", data: merge }));
  const git = await context.git();
  try {
    const preview = await git.previewMerge(merge.base, merge.head);
    if (!preview.clean) throw conflict(merge, preview.conflicts);
    const lines = [`Calm-Task: ${merge.task}`, `Calm-Op: ${id}`, ...trailers];
    const message = `Merge task ${merge.task}: ${merge.title}\n\n${lines.join("\n")}\n`;
    const candidate = await git.writeCommit({
      tree: preview.tree,
      parents: [merge.base, merge.head],
      message,
    });
    await git.moveRef(pinRef(id), candidate, undefined, "calm: merge candidate");
    const built = { ...merge, candidate, tree: preview.tree };
    await journal(context, id, "built", built);
    return built;
  } catch (error) {
    await abandon(context, id, merge);
    throw error;
  }
}

/** The refusal of a merge that conflicts; nothing has changed. */
export function conflict(merge: Pick<MergeJournal, "task" | "target">, files: readonly string[]): Failure {
  return new Failure(
    "merge_conflict",
    `${merge.task} conflicts with ${merge.target} in ${files.join(", ")}`,
    {
      hint: `In its worktree: git merge ${merge.target}, resolve, commit; then: calm gate check ${merge.task}`,
      details: { files, task: merge.task, branch: merge.target },
    },
  );
}
