import type { Reader, Writer } from "./store.ts";
import type { WorktreeRow } from "./tables.ts";

/** The worktree of a task as calm made it. */
export type WorktreeRecord = Omit<WorktreeRow, "templates"> & {
  /** Path below the worktree → blob of the template that calm wrote there. */
  readonly templates: Readonly<Record<string, string>>;
};

function toRecord(row: WorktreeRow): WorktreeRecord {
  return { ...row, templates: JSON.parse(row.templates) as Record<string, string> };
}

/** The worktrees of the project, oldest first. */
export async function listWorktreeRecords(store: Reader): Promise<WorktreeRecord[]> {
  const rows = await store.db
    .selectFrom("worktrees")
    .selectAll()
    .where("project_id", "=", store.project)
    .orderBy("created_at")
    .orderBy("task_id")
    .execute();
  return rows.map(toRecord);
}

/** Where the worktree of a task is, and how far the task has come. */
export interface WorktreePlace {
  readonly task: string;
  readonly phase: string;
  readonly path: string;
  readonly created_at: string;
}

/** The worktrees of the project with the phases of their tasks, oldest first. */
export async function listWorktreePlaces(store: Reader): Promise<WorktreePlace[]> {
  return store.db
    .selectFrom("worktrees")
    .innerJoin("tasks", (join) =>
      join.onRef("tasks.project_id", "=", "worktrees.project_id").onRef("tasks.id", "=", "worktrees.task_id"),
    )
    .select(["tasks.id as task", "tasks.phase", "worktrees.path", "worktrees.created_at"])
    .where("worktrees.project_id", "=", store.project)
    .orderBy("worktrees.created_at")
    .orderBy("tasks.id")
    .execute();
}

/** The worktree of a task. */
export async function findWorktree(store: Reader, task: string): Promise<WorktreeRecord | undefined> {
  const row = await store.db
    .selectFrom("worktrees")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .executeTakeFirst();
  return row && toRecord(row);
}

/** Records the worktree of a task. */
export async function addWorktreeRecord(tx: Writer, record: WorktreeRecord): Promise<void> {
  await tx.db
    .insertInto("worktrees")
    .values({ project_id: tx.project, ...record, templates: JSON.stringify(record.templates) })
    .execute();
}

/** Forgets the worktree of a task. */
export async function removeWorktreeRecord(tx: Writer, task: string): Promise<void> {
  await tx.db
    .deleteFrom("worktrees")
    .where("project_id", "=", tx.project)
    .where("task_id", "=", task)
    .execute();
}

/** Remembers what a task's worktree was set up for; null while that is under way. */
export async function setWorktreeSetup(tx: Writer, task: string, key: string | null): Promise<void> {
  await tx.db
    .updateTable("worktrees")
    .set({ setup_key: key })
    .where("project_id", "=", tx.project)
    .where("task_id", "=", task)
    .execute();
}
