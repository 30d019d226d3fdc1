import { emptyDatabase } from "../calm-tables.ts";
import { closeDatabase, type Database } from "../sqlite.ts";
import { originalTables } from "./original-row.ts";
import { asidePrefix, quoted, tableNames } from "./read-original.ts";

/** Further tables of the original's that calm stands in for; what a program of another purpose keeps stays where it is. */
const replaced: readonly string[] = [...originalTables, "system_counters", "projects"];

/** Renames what stands in the way of calm's tables; the rows stay as they are. */
export function moveAside(database: Database): void {
  const own = ownNames();
  // Neither views nor tables of modules that are not here are looked at; references between tables follow all the same.
  database.exec("pragma legacy_alter_table = on");
  const names = tableNames(database);
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!replaced.includes(lower) && !own.has(lower)) continue;
    dropIndexes(database, name);
    database.exec(`alter table ${quoted(name)} rename to ${quoted(freeName(lower, names))}`);
  }
  dropClashes(database, own);
  database.exec("pragma legacy_alter_table = off");
}

function freeName(name: string, taken: readonly string[]): string {
  let free = asidePrefix + name;
  while (taken.some((one) => one.toLowerCase() === free)) free += "_";
  return free;
}

/** The names in calm's own schema, in lower case. */
function ownNames(): ReadonlySet<string> {
  const database = emptyDatabase();
  try {
    const rows = database.prepare("select lower(name) as name from sqlite_master").all() as {
      name: string;
    }[];
    return new Set(rows.map(({ name }) => name));
  } finally {
    closeDatabase(database);
  }
}

/** An index says nothing that its table does not; the kept copy has its definition. */
function dropIndexes(database: Database, table: string): void {
  const query = "select name from sqlite_master where type = 'index' and sql is not null and tbl_name = ?";
  for (const { name } of database.prepare(query).all(table) as { name: string }[]) {
    database.exec(`drop index ${quoted(name)}`);
  }
}

/** Indexes and views hold no rows, so those whose name calm needs make way. */
function dropClashes(database: Database, own: ReadonlySet<string>): void {
  const query = "select type, name from sqlite_master where type in ('index', 'view') and sql is not null";
  for (const { type, name } of database.prepare(query).all() as { type: string; name: string }[]) {
    if (own.has(name.toLowerCase())) database.exec(`drop ${type} ${quoted(name)}`);
  }
}
