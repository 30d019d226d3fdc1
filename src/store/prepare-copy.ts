import { Failure } from "../failure.ts";
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
    if (!canMigrate(database, version)) return "it cannot be brought to the newest schema";
    const misfit = findMisfit(database);
    if (misfit === undefined) forgetMachine(database);
    return misfit;
  } finally {
    closeDatabase(database);
  }
}

function canMigrate(database: Database, version: number): boolean {
  try {
    migrate(database, () => version);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
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

/** What ran then, who held and awaited what, and whether a room was set up: of the machine then, and a lie now. */
function forgetMachine(database: Database): void {
  database.exec(`delete from slots; delete from merge_queue; update worktrees set setup_key = null;
    update gate_runs set state = 'abandoned', verdict = 'fail', ended_at = started_at,
      reason = 'it was running when the backup was made' where state = 'running'`);
}
