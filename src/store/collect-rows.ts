import type { Reader } from "./store.ts";

const tables = [
  "task_blockers",
  "phase_transitions",
  "worktrees",
  "workers",
  "reviews",
  "approvals",
  "gate_runs",
  "test_runs",
] as const;

/** Every row that hangs on a task, by table; check runs hang on its gate runs. */
export async function collectRows(store: Reader, task: string): Promise<Record<string, unknown[]>> {
  const { db, project } = store;
  const rows: Record<string, unknown[]> = {
    tasks: await db
      .selectFrom("tasks")
      .selectAll()
      .where("project_id", "=", project)
      .where("id", "=", task)
      .execute(),
  };
  for (const table of tables) {
    rows[table] = await db
      .selectFrom(table)
      .selectAll()
      .where("project_id", "=", project)
      .where("task_id", "=", task)
      .execute();
  }
  const runs = (rows["gate_runs"] ?? []).map((row) => (row as { id: number }).id);
  rows["check_runs"] =
    runs.length === 0
      ? []
      : await db
          .selectFrom("check_runs")
          .selectAll()
          .where("project_id", "=", project)
          .where("gate_run_id", "in", runs)
          .execute();
  return rows;
}
