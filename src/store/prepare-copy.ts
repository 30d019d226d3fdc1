import { ask } from "./ask.ts";
import { calmTables, tablesIn } from "./calm-tables.ts";
import { migrate } from "./create-database.ts";
import { isSound } from "./inspect-database.ts";
import { closeDatabase, type Database, openDatabase } from "./sqlite.ts";

/**
 * Makes a private copy of a backup ready to be restored: sound, of the newest schema, and without what described
 * processes and folders of its time. Gives what is wrong with it instead, when something is.
 */
export function prepareCopy(path: string, version: number): string | undefined {
  const database = openDatabase(path);
  try {
    if (!isSound(database)) return "its pages are damaged";
    migrate(database, () => version);
    return findMisfit(database) ?? forgetMachine(database);
  } finally {
    closeDatabase(database);
  }
}

/** A file may say that it is calm's and be something else. */
function findMisfit(database: Database): string | undefined {
  const present = new Map(tablesIn(database).map((table) => [table.name, table]));
  const calms = calmTables();
  const other = calms.find(({ name, columns }) => present.get(name)?.columns.join() !== columns.join());
  if (other) return `its table ${other.name} is missing or of another shape`;
  const broken = ask(database, '"table"', "from pragma_foreign_key_check").flat().map(String);
  const orphans = calms.find(({ name }) => broken.includes(name));
  return orphans && `its table ${orphans.name} holds rows that belong to nothing`;
}

/** Whether a room has been set up, who holds it and who waits is of the machine then, and would be a lie now. */
function forgetMachine(database: Database): undefined {
  database.exec("delete from slots; delete from merge_queue; update worktrees set setup_key = null");
}
