import type { Reader } from "./store.ts";

/** A row of the original's as it was, and why it lies here. */
export interface Leftover {
  readonly source: string;
  readonly table: string;
  readonly reason: string;
  readonly row: unknown;
  readonly moved_at: string;
}

/** The rows of the project that were set aside or came in changed, as they were; the oldest first. */
export async function listLeftovers(
  store: Reader,
  table: string | undefined,
  limit: number,
): Promise<{ readonly total: number; readonly leftovers: Leftover[] }> {
  let query = store.db.selectFrom("migration_leftovers").where("project_id", "=", store.project);
  if (table !== undefined) query = query.where("table_name", "=", table);
  const { total } = await query
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(["source", "table_name as table", "reason", "row", "moved_at"])
    .orderBy("moved_at")
    .orderBy("table_name")
    .orderBy("reason")
    .orderBy("row")
    .limit(limit)
    .execute();
  return { total, leftovers: rows.map((row) => ({ ...row, row: JSON.parse(row.row) as unknown })) };
}

/** Whether anything was ever taken over into the project. */
export async function hasTakenOver(store: Reader): Promise<boolean> {
  const row = await store.db
    .selectFrom("migrated_rows")
    .select("fingerprint")
    .where("project_id", "=", store.project)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
