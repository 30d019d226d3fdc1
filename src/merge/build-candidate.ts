import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { reserveGateRun } from "../store/gate-runs.ts";
import { openJournal } from "../store/journal.ts";
import { failpoint } from "../system/failpoint.ts";
import { mergeCommand } from "./merge-command.ts";
import { abandon, type BuiltMerge, journal, type MergeJournal, pinRef } from "./merge-journal.ts";

/** Merges in memory and writes the result as a commit that nothing but a pin points to; Failure merge_conflict. */
export async function buildCandidate(
  context: Context,
  id: string,
  merge: MergeJournal,
  overrides: readonly string[],
): Promise<BuiltMerge> {
  const store = await context.store();
  await store.housekeep((tx) => openJournal(tx, { id, task: merge.task, state: "intent", data: merge }));
  failpoint("merge.intended");
  try {
    const git = await context.git();
    const preview = await git.previewMerge(merge.base, merge.head);
    if (!preview.clean) throw conflict(merge, preview.conflicts);
    const gate = merge.docs === true ? {} : { gateRun: await store.housekeep((tx) => reserveGateRun(tx)) };
    const candidate = await git.writeCommit({
      tree: preview.tree,
      parents: [merge.base, merge.head],
      message: messageOf(id, { ...merge, ...gate }, overrides),
    });
    failpoint("merge.committed");
    if (!(await git.moveRef(pinRef(id), candidate, undefined, "calm: merge candidate"))) {
      throw new Failure("lost_race", `${pinRef(id)} exists already`, { hint: "Try again" });
    }
    failpoint("merge.pinned");
    const built = { ...merge, ...gate, candidate, tree: preview.tree };
    await journal(context, id, "built", built);
    return built;
  } catch (error) {
    await abandon(context, id, merge);
    throw error;
  }
}

/** The trailers are by what a merge is recognised when there is no database; without a gate run it is one of documents. */
function messageOf(
  id: string,
  { task, title, docs, gateRun }: MergeJournal,
  overrides: readonly string[],
): string {
  const what = docs === true ? `documents of task ${task}` : `task ${task}`;
  const gate = gateRun === undefined ? [] : [`Calm-Gate-Run: ${gateRun}`];
  const trailers = [`Calm-Task: ${task}`, `Calm-Op: ${id}`, ...gate, ...overrides];
  return `Merge ${what}: ${title}\n\n${trailers.join("\n")}\n`;
}

/** The refusal of a merge that conflicts; nothing has changed. */
export function conflict(
  merge: Pick<MergeJournal, "task" | "target" | "docs">,
  files: readonly string[],
): Failure {
  const { task, target } = merge;
  const then = merge.docs === true ? mergeCommand(merge) : `calm gate check ${task}`;
  return new Failure("merge_conflict", `${task} conflicts with ${target} in ${files.join(", ")}`, {
    hint: `Run: git -C "$(calm worktree path ${task})" merge ${target}, resolve and commit; then: ${then}`,
    details: { files, task, branch: target },
  });
}
