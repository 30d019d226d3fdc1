import * as z from "zod/mini";
import type { Context } from "../context.ts";
import type { TrailedMerge } from "../git/calm-merges.ts";
import type { TaskType } from "../model/workflow.ts";
import { loadConfig } from "../project/load-config.ts";
import { setJournal } from "../store/journal.ts";
import { listMerges } from "../store/merges.ts";
import { findTask } from "../store/tasks.ts";
import { listWorktreeRecords, removeWorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { pathExists } from "../system/files.ts";
import { forgetMerge } from "./forget-merge.ts";
import { recordMerge } from "./record.ts";
import { listTakenBack } from "./taken-back.ts";

const RecordedAgain = z.object({ task: z.string(), commit: z.string(), known: z.boolean() });

/** What the journal remembers of a restored project: that its repository is still to be looked at, and what came of it. */
export const RestoreJournal = z.object({
  kind: z.literal("restore"),
  backup: z.string(),
  kept: z.nullable(z.string()),
  /** Merges that the backup did not know; `known` = it knows the task. */
  merges: z.optional(z.array(RecordedAgain)),
  /** Merges that the backup knew and that undo had taken off the branch since; they are off the record again. */
  taken_back: z.optional(z.array(z.object({ task: z.string(), commit: z.string() }))),
  /** Worktrees that the database has and the disk has not. */
  gone: z.optional(z.array(z.object({ task: z.string(), path: z.string() }))),
});
export type RestoreJournal = z.output<typeof RestoreJournal>;

/**
 * Makes a restored project agree with its repository: merges that landed after the backup are recorded again, and those
 * that were taken back after it are not, each exactly once. The caller holds the repository lock; it may be repeated.
 */
export async function reconcileMerges(context: Context, id: string, restore: RestoreJournal): Promise<void> {
  const { branch, tip } = await loadConfig(context);
  const [git, store] = [await context.git(), await context.store()];
  // First what went, then what came: a task may have landed again since.
  const takenBack = await listTakenBack(context, branch, tip);
  for (const { merge } of takenBack) {
    await forgetMerge(context, merge);
    failpoint("reconcile.taken-back");
  }
  const taken_back = takenBack.map(({ merge }) => ({ task: merge.task_id, commit: merge.commit_sha }));
  const recorded = await listMerges(store);
  const known = new Set(recorded.map((merge) => merge.id));
  const merges: z.output<typeof RecordedAgain>[] = [];
  for (const merge of await git.calmMerges(tip, recorded[0]?.commit_sha)) {
    if (known.has(merge.operation)) continue;
    const task = await findTask(store, merge.task);
    await recordAgain(context, merge, branch, task?.type ?? "feature");
    failpoint("reconcile.recorded");
    merges.push({ task: merge.task, commit: merge.commit, known: task !== undefined });
  }
  const gone = await forgetMerged(context, new Set(merges.map(({ task }) => task)));
  failpoint("reconcile.forgotten");
  await store.housekeep((tx) => setJournal(tx, id, "done", { ...restore, merges, taken_back, gone }, true));
  failpoint("reconcile.done");
}

/** Records a merge that the database has lost, as its commit tells it; exactly once, however often it is asked. */
export async function recordAgain(
  context: Context,
  merge: TrailedMerge,
  target: string,
  type: TaskType,
): Promise<void> {
  const { operation, task, subject, parents, commit, tree, gateRun, committer, committedAt } = merge;
  const [base, head] = parents;
  const transition = type === "bug" ? "TESTED-MERGED" : "INTEGRATE-VERIFY";
  // Only documents land without a gate.
  const gate = gateRun === undefined ? { docs: true } : { gateRun };
  await recordMerge(
    context,
    operation,
    {
      ...({ kind: "merge", task, title: subject, transition, target, forced: false } as const),
      ...{ actor: `git:${committer}`, old: base, base, head, candidate: commit, tree, ...gate },
    },
    committedAt,
  );
}

/** The worktree of a merged task that is gone was removed by its merge; of any other one it is to be told. */
async function forgetMerged(
  context: Context,
  merged: ReadonlySet<string>,
): Promise<{ task: string; path: string }[]> {
  const store = await context.store();
  const gone = (await listWorktreeRecords(store)).filter(({ path }) => !pathExists(path));
  await store.housekeep(async (tx) => {
    for (const { task_id: task } of gone) if (merged.has(task)) await removeWorktreeRecord(tx, task);
  });
  return gone.flatMap(({ task_id: task, path }) => (merged.has(task) ? [] : { task, path }));
}
