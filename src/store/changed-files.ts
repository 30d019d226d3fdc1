import type { Reader, Writer } from "./store.ts";

/** The files that were seen to be changed in the worktree of a task. */
export interface SeenChanges {
  readonly task: string;
  readonly paths: readonly string[];
  readonly seen_at: string;
}

/** What was last seen in the worktrees that are there, oldest worktree first. */
export async function listSeenChanges(store: Reader): Promise<SeenChanges[]> {
  const rows = await store.db
    .selectFrom("changed_files as seen")
    .innerJoin("worktrees", (join) =>
      join
        .onRef("worktrees.project_id", "=", "seen.project_id")
        .onRef("worktrees.task_id", "=", "seen.task_id")
        // Another worktree of the task than the one that was looked at says nothing of this one.
        .onRef("worktrees.created_at", "<=", "seen.seen_at"),
    )
    .select(["seen.task_id as task", "seen.paths", "seen.seen_at"])
    .where("seen.project_id", "=", store.project)
    .orderBy("worktrees.created_at")
    .orderBy("seen.task_id")
    .execute();
  return rows.map((row) => ({ ...row, paths: JSON.parse(row.paths) as string[] }));
}

/** Remembers what was seen, and forgets worktrees that are gone. */
export async function setSeenChanges(tx: Writer, seen: readonly SeenChanges[]): Promise<void> {
  const present = tx.db.selectFrom("worktrees").select("task_id").where("project_id", "=", tx.project);
  await tx.db
    .deleteFrom("changed_files")
    .where("project_id", "=", tx.project)
    .where("task_id", "not in", present)
    .execute();
  for (const { task: task_id, seen_at, ...one } of seen) {
    const paths = JSON.stringify(one.paths);
    await tx.db
      .insertInto("changed_files")
      .values({ project_id: tx.project, task_id, paths, seen_at })
      .onConflict((conflict) => conflict.columns(["project_id", "task_id"]).doUpdateSet({ paths, seen_at }))
      .execute();
  }
}
