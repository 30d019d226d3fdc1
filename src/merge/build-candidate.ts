import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { reserveGateRun } from "../store/gate-runs.ts";
import { openJournal } from "../store/journal.ts";
import { setPlace, type Turn } from "../store/merge-queue.ts";
import { failpoint } from "../system/failpoint.ts";
import { mergeCommand } from "./merge-command.ts";
import { abandon, type BuiltMerge, journal, type MergeJournal, pinRef } from "./merge-journal.ts";

/**
 * Merges in memory and writes the result as a commit that nothing but a pin points to; those behind in the queue are
 * told of it. Failure merge_conflict.
 */
export async function buildCandidate(
  context: Context,
  id: string,
  planned: MergeJournal,
  { overrides, turn }: { readonly overrides: readonly string[]; readonly turn: Turn },
): Promise<BuiltMerge> {
  const git = await context.git();
  // Nothing but objects comes of it, so that nothing needs to be known of it afterwards.
  const preview = await git.previewMerge(planned.base, planned.head);
  if (!preview.clean) throw conflict(planned, preview.conflicts);
  const { tree } = preview;
  const merge = await begin(context, id, planned);
  try {
    const candidate = await git.writeCommit({
      tree,
      parents: [merge.base, merge.head],
      message: messageOf(id, merge, overrides),
    });
    failpoint("merge.committed");
    if (!(await git.moveRef(pinRef(id), candidate, undefined, "calm: merge candidate"))) {
      throw new Failure("lost_race", `${pinRef(id)} exists already`, { hint: "Try again" });
    }
    failpoint("merge.pinned");
    const built = { ...merge, candidate, tree };
    const news = { state: "checking", operation: id, candidate, candidate_tree: tree } as const;
    await journal(context, id, "built", built, (tx) => setPlace(tx, turn.place, news));
    return built;
  } catch (error) {
    await abandon(context, id, merge);
    throw error;
  }
}

/** Writes down that a merge begins, and takes the number of the run that is to check it. */
async function begin(context: Context, id: string, planned: MergeJournal): Promise<MergeJournal> {
  const store = await context.store();
  const merge = await store.housekeep(async (tx) => {
    const begun = planned.docs === true ? planned : { ...planned, gateRun: await reserveGateRun(tx) };
    await openJournal(tx, { id, task: planned.task, state: "intent", data: begun });
    return begun;
  });
  failpoint("merge.intended");
  return merge;
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
