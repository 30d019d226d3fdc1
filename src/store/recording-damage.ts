import { ask } from "./ask.ts";
import { emptyDatabase } from "./calm-tables.ts";
import { recordingTriggers } from "./record-changes.ts";
import { closeDatabase, type Database, openDatabase } from "./sqlite.ts";

/** By name, the text of each trigger that records changes. */
function recordingsIn(database: Database): Map<string, string> {
  const rows = ask(
    database,
    "name, sql",
    "from sqlite_master where type = 'trigger' and name like 'changes!_of!_%' escape '!'",
  );
  return new Map(rows.map(([name, sql]) => [String(name), String(sql)]));
}

/** The triggers of a database of the newest schema that are not as calm makes them; SQLite's own checks read no text. */
export function findSpoiledRecordings(database: Database): string[] {
  const fresh = emptyDatabase();
  try {
    fresh.exec(recordingTriggers());
    const [wanted, found] = [recordingsIn(fresh), recordingsIn(database)];
    return [...new Set([...wanted.keys(), ...found.keys()])].filter(
      (name) => wanted.get(name) !== found.get(name),
    );
  } finally {
    closeDatabase(fresh);
  }
}

/** Makes the triggers that record changes anew in the database at a path, which has the newest schema. */
export function makeRecordingsAnew(path: string): void {
  const database = openDatabase(path);
  try {
    const drops = [...recordingsIn(database).keys()].map((name) => `drop trigger "${name}";`);
    database.exec(["begin immediate;", ...drops, recordingTriggers(), "commit;"].join("\n"));
  } finally {
    closeDatabase(database);
  }
}
