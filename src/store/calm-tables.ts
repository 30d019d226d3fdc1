import { ask } from "./ask.ts";
import { migrations } from "./migrations/index.ts";
import { closeDatabase, type Database, openDatabase } from "./sqlite.ts";

/** A table of calm's: its columns in order, and those of its primary key. */
export interface CalmTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

/** An empty database of the newest schema, in memory. */
export function emptyDatabase(): Database {
  const database = openDatabase(":memory:");
  for (const sql of migrations) database.exec(sql);
  return database;
}

/** The tables that the newest schema has; a file may hold others, which are not calm's. */
export function calmTables(): CalmTable[] {
  const database = emptyDatabase();
  try {
    return tablesIn(database);
  } finally {
    closeDatabase(database);
  }
}

/** The tables that a database holds. */
export function tablesIn(database: Database): CalmTable[] {
  const rows = ask(
    database,
    "m.name, c.cid, c.name, c.pk",
    "from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%'",
  );
  const byTable = new Map<string, { name: string; position: number; key: number }[]>();
  for (const [table, position, name, key] of rows) {
    const columns = byTable.get(String(table)) ?? [];
    columns.push({ name: String(name), position: Number(position), key: Number(key) });
    byTable.set(String(table), columns);
  }
  return [...byTable].map(([name, columns]) => ({
    name,
    columns: columns.sort((a, b) => a.position - b.position).map((column) => column.name),
    key: columns
      .filter(({ key }) => key > 0)
      .sort((a, b) => a.key - b.key)
      .map((column) => column.name),
  }));
}
