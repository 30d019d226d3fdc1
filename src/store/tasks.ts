import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { Task } from "../model/task.ts";
import { allPhases, type TaskType } from "../model/workflow.ts";
import { listBlockers } from "./blockers.ts";
import { inChunks } from "./in-chunks.ts";
import { sql } from "./queries.ts";
import type { Reader, Writer } from "./store.ts";

/** Which tasks to list; absent = no restriction. */
export interface TaskFilter {
  readonly ids?: readonly string[] | undefined;
  readonly phase?: string | undefined;
  readonly type?: TaskType | undefined;
  readonly spec?: string | undefined;
  readonly search?: string | undefined;
  readonly includeDone?: boolean | undefined;
  readonly limit?: number | undefined;
}

const openPhases = allPhases.filter((phase) => phase !== "DONE");

function selectTasks(store: Reader) {
  return store.db
    .selectFrom("tasks")
    .leftJoin("worktrees", (join) =>
      join.onRef("worktrees.project_id", "=", "tasks.project_id").onRef("worktrees.task_id", "=", "tasks.id"),
    )
    .selectAll("tasks")
    .select("worktrees.path as worktree_path")
    .where("tasks.project_id", "=", store.project);
}

type SelectedTask = Awaited<ReturnType<ReturnType<typeof selectTasks>["execute"]>>[number];

async function toTasks(store: Reader, rows: readonly SelectedTask[]): Promise<Task[]> {
  const blockers = await listBlockers(
    store,
    rows.map((row) => row.id),
  );
  return rows.map((row) =>
    z.parse(Task, {
      ...row,
      touches: JSON.parse(row.touches) as unknown,
      blocked_by: blockers.get(row.id) ?? [],
    }),
  );
}

/** The task of an id, in any case of letters. */
export async function findTask(store: Reader, id: string): Promise<Task | undefined> {
  const [task] = await toTasks(store, await selectTasks(store).where("tasks.id", "=", id).execute());
  return task;
}

/** The task of an id; Failure task_not_found with the nearest id, which is never `asking`, the task that names it. */
export async function getTask(store: Reader, id: string, asking?: string): Promise<Task> {
  const task = await findTask(store, id);
  if (task) return task;
  const rows = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("project_id", "=", store.project)
    .limit(500)
    .execute();
  const near = closest(
    id,
    rows.map((row) => row.id).filter((known) => known !== asking),
  );
  throw new Failure("task_not_found", `Task ${id} not found`, {
    hint: near ? `Did you mean ${near}?` : "See the tasks: calm task list --include-done",
  });
}

/** The tasks that match, oldest first. */
export async function listTasks(store: Reader, filter: TaskFilter = {}): Promise<Task[]> {
  let query = selectTasks(store);
  if (filter.phase !== undefined) query = query.where("tasks.phase", "=", filter.phase);
  else if (!filter.includeDone) query = query.where("tasks.phase", "in", openPhases);
  if (filter.ids !== undefined) query = query.where("tasks.id", "in", filter.ids);
  if (filter.type !== undefined) query = query.where("tasks.type", "=", filter.type);
  if (filter.spec !== undefined) query = query.where("tasks.spec_id", "=", filter.spec);
  if (filter.search !== undefined) {
    const pattern = `%${filter.search.replace(/[\\%_]/g, "\\$&")}%`;
    query = query.where((eb) =>
      eb.or(
        ["tasks.id", "tasks.title", "tasks.notes", "tasks.touches"].map(
          // Without the clause no character would escape another.
          (column) => sql<boolean>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`,
        ),
      ),
    );
  }
  query = query.orderBy("tasks.created_at").orderBy("tasks.id");
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return toTasks(store, await query.execute());
}

/** The ids of the project that start with a prefix and a hyphen. */
export async function listIds(store: Reader, prefix: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("project_id", "=", store.project)
    .where("id", ">=", `${prefix}-`)
    .where("id", "<", `${prefix}.`)
    .execute();
  return rows.map((row) => row.id);
}

/** A task as it is first written; its blockers follow. */
export type NewTask = Omit<Task, "blocked_by" | "worktree_path">;

/** Adds a task without blockers; Failure already_exists when the id is taken, in any case of letters. */
export async function addTask(tx: Writer, task: NewTask): Promise<void> {
  const taken = await findTask(tx, task.id);
  if (taken) {
    throw new Failure("already_exists", `Task ${taken.id} already exists: ${taken.title}`, {
      hint: `Look at it: calm task show ${taken.id}`,
    });
  }
  await addTasks(tx, [task]);
}

/** Adds tasks without blockers whose ids are known to be free. */
export async function addTasks(tx: Writer, tasks: readonly NewTask[]): Promise<void> {
  for (const some of inChunks(tasks)) {
    const rows = some.map((task) => ({
      ...{ project_id: tx.project, ...task },
      touches: JSON.stringify(task.touches),
    }));
    await tx.db.insertInto("tasks").values(rows).execute();
  }
}

/** The columns that `setTask` may change. */
export type TaskChanges = Partial<
  Pick<Task, "title" | "spec_id" | "specialist" | "notes" | "priority" | "touches">
>;

/** Changes a task; never its phase. */
export async function setTask(tx: Writer, id: string, changes: TaskChanges): Promise<void> {
  const { touches, ...columns } = changes;
  await tx.db
    .updateTable("tasks")
    .set({ ...columns, ...(touches && { touches: JSON.stringify(touches) }), updated_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .execute();
}

/** Moves a task, only out of the phase it is thought to be in; Failure lost_race otherwise. */
export async function setPhase(tx: Writer, id: string, from: string, to: string): Promise<void> {
  const result = await tx.db
    .updateTable("tasks")
    .set({ phase: to, updated_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("phase", "=", from)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) {
    throw new Failure("lost_race", `Task ${id} is no longer in ${from}`, {
      hint: `Look again: calm task show ${id}`,
    });
  }
}

/** Removes a task with everything that hangs on it. */
export async function removeTask(tx: Writer, id: string): Promise<void> {
  await tx.db.deleteFrom("tasks").where("project_id", "=", tx.project).where("id", "=", id).execute();
}
