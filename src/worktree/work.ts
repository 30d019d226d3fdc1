import type { Context } from "../context.ts";
import type { Fork } from "../git/forks.ts";
import type { ChangedFile, DirtyFile } from "../git/git.ts";
import { hasLanded } from "../model/workflow.ts";
import { listWorktreePlaces, listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";

/** What a worktree has changed since it left the default branch. */
export interface Work {
  readonly task: string;
  readonly path: string;
  readonly fork: Fork;
  readonly committed: readonly ChangedFile[];
  /** Staged, unstaged and new files, without the documents' templates. */
  readonly uncommitted: readonly DirtyFile[];
}

/** The worktrees of tasks that have not landed, oldest first. */
export async function listInFlight(context: Context): Promise<WorktreeRecord[]> {
  const store = await context.store();
  const [records, places] = [await listWorktreeRecords(store), await listWorktreePlaces(store)];
  const landed = new Set(places.filter(hasLanded).map(({ task }) => task));
  return records.filter(({ task_id: task }) => !landed.has(task));
}

/** Reads what worktrees have changed; one that cannot be read is told, and has no work. */
export async function readWork(
  context: Context,
  records: readonly WorktreeRecord[],
  tip: string,
): Promise<Work[]> {
  const git = await context.git();
  const [forks, uncommitted] = await Promise.all([
    forksOf(context, records, tip),
    git.dirtyFilesOfEach(records.map(({ path }) => path)),
  ]);
  const seen = records.map((record, index) => ({ record, fork: forks[index], dirty: uncommitted[index] }));
  for (const { record, fork, dirty } of seen) {
    if (fork && dirty) continue;
    const how = "See its state: calm worktree health";
    context.warn(`The worktree of ${record.task_id} cannot be read and was left out. ${how}`);
  }
  return worksOf(context, seen, tip);
}

/** What was seen of a task's worktree; undefined where it cannot be read. */
interface SeenWorktree {
  readonly record: WorktreeRecord;
  readonly fork: Fork | undefined;
  readonly dirty: readonly DirtyFile[] | undefined;
}

/** The work in worktrees that could be read. */
export async function worksOf(context: Context, seen: readonly SeenWorktree[], tip: string): Promise<Work[]> {
  const git = await context.git();
  const able = seen.flatMap(({ record, fork, dirty }) => (fork && dirty ? { record, fork, dirty } : []));
  const changes = able.map(({ fork: { base, head } }) => ({ from: base ?? tip, to: head }));
  const committed = await git.changedFilesOfEach(changes);
  return able.map(({ record: { task_id: task, path, templates }, fork, dirty }, index) => {
    const uncommitted = dirty.filter((file) => templates[file.path] === undefined);
    return { task, path, fork, committed: committed[index] ?? [], uncommitted };
  });
}

async function forksOf(
  context: Context,
  records: readonly WorktreeRecord[],
  tip: string,
): Promise<(Fork | undefined)[]> {
  const git = await context.git();
  const heads = await Promise.all(records.map(async ({ path }) => (await git.head(path))?.commit));
  const forks = await git.forksFrom(
    tip,
    heads.flatMap((head) => head ?? []),
  );
  return heads.map((head) => forks.find((fork) => fork.head === head));
}
