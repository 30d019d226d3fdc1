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
  const [committed, uncommitted] = await Promise.all([
    readCommitted(context, records, tip),
    git.dirtyFilesOfEach(records.map(({ path }) => path)),
  ]);
  return records.flatMap((record, index) => {
    const [past, now] = [committed.get(record.task_id), uncommitted[index]];
    if (!past || !now) {
      const how = "See its state: calm worktree health";
      context.warn(`The worktree of ${record.task_id} cannot be read and was left out. ${how}`);
      return [];
    }
    const own = now.filter(({ path }) => record.templates[path] === undefined);
    return { task: record.task_id, path: record.path, ...past, uncommitted: own };
  });
}

/** What the worktrees' branches have, by task. */
export async function readCommitted(
  context: Context,
  records: readonly WorktreeRecord[],
  tip: string,
): Promise<Map<string, Pick<Work, "fork" | "committed">>> {
  const git = await context.git();
  const heads = new Map<string, string>();
  for (const { task_id: task, path } of records) {
    const head = (await git.head(path))?.commit;
    if (head !== undefined) heads.set(task, head);
  }
  const forks = await git.forksFrom(tip, [...heads.values()]);
  const changes = forks.map(({ base, head }) => ({ from: base ?? tip, to: head }));
  const changed = await git.changedFilesOfEach(changes);
  const found = [...heads.keys()].map((task, index) => {
    const fork = forks[index];
    if (!fork) throw new Error("each head has a fork");
    return [task, { fork, committed: changed[index] ?? [] }] as const;
  });
  return new Map(found);
}
