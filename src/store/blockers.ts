import type { Reader, Writer } from "./store.ts";

/** The blockers of some tasks, by task id. */
export async function listBlockers(store: Reader, tasks: readonly string[]): Promise<Map<string, string[]>> {
  const blockers = new Map<string, string[]>();
  if (tasks.length === 0) return blockers;
  let query = store.db
    .selectFrom("task_blockers")
    .select(["task_id", "blocker_id"])
    .where("project_id", "=", store.project);
  // A long list is cheaper read whole than named one by one.
  if (tasks.length <= 100) query = query.where("task_id", "in", tasks);
  for (const row of await query.orderBy("blocker_id").execute()) {
    const list = blockers.get(row.task_id) ?? [];
    list.push(row.blocker_id);
    blockers.set(row.task_id, list);
  }
  return blockers;
}

/** Every blocking relation of the project: task id → blockers. */
export async function allBlockers(store: Reader): Promise<Map<string, string[]>> {
  const rows = await store.db
    .selectFrom("task_blockers")
    .select(["task_id", "blocker_id"])
    .where("project_id", "=", store.project)
    .execute();
  const blockers = new Map<string, string[]>();
  for (const row of rows) blockers.set(row.task_id, [...(blockers.get(row.task_id) ?? []), row.blocker_id]);
  return blockers;
}

/** The blockers of a task that are not DONE. */
export async function openBlockers(store: Reader, task: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom("task_blockers")
    .innerJoin("tasks", (join) =>
      join
        .onRef("tasks.project_id", "=", "task_blockers.project_id")
        .onRef("tasks.id", "=", "task_blockers.blocker_id"),
    )
    .select("tasks.id")
    .where("task_blockers.project_id", "=", store.project)
    .where("task_blockers.task_id", "=", task)
    .where("tasks.phase", "!=", "DONE")
    .orderBy("tasks.id")
    .execute();
  return rows.map((row) => row.id);
}

/** The ids of the tasks that are not DONE and have a blocker which is not DONE. */
export async function listBlockedTasks(store: Reader): Promise<ReadonlySet<string>> {
  const rows = await store.db
    .selectFrom("task_blockers")
    .innerJoin("tasks", (join) =>
      join
        .onRef("tasks.project_id", "=", "task_blockers.project_id")
        .onRef("tasks.id", "=", "task_blockers.blocker_id"),
    )
    .innerJoin("tasks as blocked", (join) =>
      join
        .onRef("blocked.project_id", "=", "task_blockers.project_id")
        .onRef("blocked.id", "=", "task_blockers.task_id"),
    )
    .select("task_blockers.task_id")
    .distinct()
    .where("task_blockers.project_id", "=", store.project)
    .where("tasks.phase", "!=", "DONE")
    .where("blocked.phase", "!=", "DONE")
    .execute();
  return new Set(rows.map((row) => row.task_id));
}

/** The tasks that a task blocks. */
export async function listBlockedBy(store: Reader, blocker: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom("task_blockers")
    .select("task_id")
    .where("project_id", "=", store.project)
    .where("blocker_id", "=", blocker)
    .orderBy("task_id")
    .execute();
  return rows.map((row) => row.task_id);
}

/** Replaces the blockers of a task; they must exist and close no cycle. */
export async function setBlockers(tx: Writer, task: string, blockers: readonly string[]): Promise<void> {
  await tx.db
    .deleteFrom("task_blockers")
    .where("project_id", "=", tx.project)
    .where("task_id", "=", task)
    .execute();
  await addBlockers(tx, task, blockers);
}

/** Adds blockers of a task that has none yet; they must exist and close no cycle. */
export async function addBlockers(tx: Writer, task: string, blockers: readonly string[]): Promise<void> {
  if (blockers.length === 0) return;
  await tx.db
    .insertInto("task_blockers")
    .values(blockers.map((blocker) => ({ project_id: tx.project, task_id: task, blocker_id: blocker })))
    .execute();
}
