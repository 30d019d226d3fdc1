import type { BackupState } from "../model/backup.ts";
import { ask, askNumber } from "./ask.ts";
import { applicationId } from "./create-database.ts";
import { sqliteCode } from "./database-failure.ts";
import { migrations } from "./migrations/index.ts";
import { closeDatabase, type Database, openDatabase, peekDatabase } from "./sqlite.ts";

/** What a database file turns out to be. */
export interface Inspection {
  readonly state: BackupState;
  readonly version: number | null;
  readonly tasks: number | null;
}

const nothing = { version: null, tasks: null };

/** Malformed, no database at all, or without the tables that it says it has. */
const damaged = [11, 26, 1];

function identify(database: Database): Inspection {
  if (askNumber(database, "application_id", "from pragma_application_id") !== applicationId) {
    const python = "from pragma_table_info('tasks') where name = 'project_path'";
    return { ...nothing, state: askNumber(database, "count(*)", python) > 0 ? "python" : "foreign" };
  }
  const version = askNumber(database, "user_version", "from pragma_user_version");
  if (version > migrations.length) return { ...nothing, state: "newer", version };
  return { state: "good", version, tasks: version === 0 ? 0 : askNumber(database, "count(*)", "from tasks") };
}

/** Looks at a file that nobody writes, without a lock or a byte written; whole pages are believed unread. */
export function inspectFile(path: string): Inspection {
  return look(() => peekDatabase(path), identify);
}

/** Reads every page of calm's own file at its place, its log included; a foreign file is not opened for writing. */
export function inspectThoroughly(path: string): Inspection {
  const seen = inspectFile(path);
  // What is still in the log may be what makes the file whole.
  if (seen.state !== "good" && seen.state !== "damaged") return seen;
  return look(
    () => openDatabase(path),
    (database) => (isSound(database) ? identify(database) : { ...seen, state: "damaged" }),
  );
}

/** Whether every page and index of a database is as it should be. */
export function isSound(database: Database): boolean {
  try {
    const report = ask(database, "integrity_check", "from pragma_integrity_check").flat();
    return report.length === 1 && report[0] === "ok";
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

function isDamage(error: unknown): boolean {
  return damaged.includes(sqliteCode(error) ?? 0);
}

function look(open: () => Database, judge: (database: Database) => Inspection): Inspection {
  let database: Database | undefined;
  try {
    database = open();
    return judge(database);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { ...nothing, state: "damaged" };
  } finally {
    if (database) closeDatabase(database);
  }
}
