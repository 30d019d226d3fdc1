import { existsSync, lstatSync, statSync } from "node:fs";
import { Failure } from "../failure.ts";
import { applicationId, createDatabase, migrate } from "./create-database.ts";
import { databaseFailure, sqliteCode } from "./database-failure.ts";
import { readFileHeader } from "./file-header.ts";
import { migrations } from "./migrations/index.ts";
import {
  closeDatabase,
  type Database,
  openDatabase,
  peekDatabase,
  pragmaNumber,
  pragmaText,
  requireSafeSqlite,
} from "./sqlite.ts";

const notOurs = "not a database of calm's";
/** SQLite's code for a file that is no database at all. */
const noDatabase = 26;

function foreign(path: string, what: string): Failure {
  return new Failure("foreign_database", `${path} is ${what}`, {
    hint: "Take over its data with: calm migrate",
    details: { path },
  });
}

/** Refuses a file that is not calm's; it is only looked at, since even reading could write a foreign one's log back. */
function requireOurs(path: string): void {
  const { ours, whole } = readFileHeader(path);
  if (ours && (whole || existsSync(`${path}-wal`))) return;
  const database = peekDatabase(path);
  try {
    // By now another process may have finished writing its log back.
    if (pragmaNumber(database, "application_id") === applicationId) return;
    const query = "select count(*) as found from pragma_table_info('tasks') where name = 'project_path'";
    const { found } = database.prepare(query).get() as { found: number };
    throw foreign(path, found > 0 ? "a database of the Python original" : notOurs);
  } finally {
    closeDatabase(database);
  }
}

/** Brings calm's own file to the newest schema; refuses one that is newer, before anything is written to it. */
function bringUpToDate(database: Database, path: string): void {
  const version = pragmaNumber(database, "user_version");
  if (version > migrations.length) {
    throw new Failure(
      "newer_database",
      `${path} has schema ${version}; this calm knows ${migrations.length}`,
      {
        hint: "Update calm: npm install --global calm@latest",
        details: { path, version, known: migrations.length },
      },
    );
  }
  if (version < migrations.length) migrate(database, () => pragmaNumber(database, "user_version"));
}

/** What lies at the database's place; a symbolic link that leads nowhere is something too. */
function findFile(path: string): "nothing" | "file" {
  const found = statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (found.isFile() && found.size > 0) return "file";
  throw foreign(path, notOurs);
}

/** Opens calm's database, which is made on first use; `unique` names the file it is built in. */
export function openOrCreate(path: string, unique: string): Database {
  try {
    // Looked at before anything is open: touching the files later would drop SQLite's locks (RELIABILITY 3.4).
    if (findFile(path) === "nothing") createDatabase(path, unique);
    else requireOurs(path);
    const database = openDatabase(path);
    try {
      requireSafeSqlite(database);
      // What an interrupted write had left in the file may have told otherwise before it was opened.
      if (pragmaNumber(database, "application_id") !== applicationId) throw foreign(path, notOurs);
      bringUpToDate(database, path);
      // An adoption that was killed at its very end has not switched the log on.
      if (pragmaText(database, "journal_mode") !== "wal") database.exec("pragma journal_mode = wal");
    } catch (error) {
      closeDatabase(database);
      throw error;
    }
    return database;
  } catch (error) {
    throw asFailure(error, path);
  }
}

/** Whether calm's own database lies at a path; refuses whatever else lies there. Nothing is written. */
export function findOwnDatabase(path: string): boolean {
  try {
    if (findFile(path) === "nothing") return false;
    requireOurs(path);
    return true;
  } catch (error) {
    throw asFailure(error, path);
  }
}

function asFailure(error: unknown, path: string): Failure {
  if (sqliteCode(error) === noDatabase) return foreign(path, notOurs);
  const known = databaseFailure(error, path);
  if (known instanceof Failure) return known;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("database_failed", `The database could not be opened: ${path}: ${message}`, {
    cause: error,
    hint: "Look at the folder's permissions and free space, or set CALM_HOME to another folder",
    details: { path },
  });
}
