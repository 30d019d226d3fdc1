import { statSync } from "node:fs";
import { Failure } from "../failure.ts";
import { applicationId, createDatabase, migrate } from "./create-database.ts";
import { migrations } from "./migrations/index.ts";
import { closeDatabase, type Database, openDatabase, pragmaNumber, requireSafeSqlite } from "./sqlite.ts";

function foreign(path: string, what: string): Failure {
  return new Failure("foreign_database", `${path} is ${what}`, {
    hint: "Take over its data with: calm migrate",
    details: { path },
  });
}

/** Refuses a file that is not calm's, or newer than this calm; nothing has been written to it. */
function requireOurs(database: Database, path: string): void {
  if (pragmaNumber(database, "application_id") !== applicationId) {
    const query = "select count(*) as found from pragma_table_info('tasks') where name = 'project_path'";
    const { found } = database.prepare(query).get() as { found: number };
    throw foreign(path, found > 0 ? "a database of the Python original" : "not a database of calm's");
  }
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

/** Opens calm's database, which is made on first use; `unique` names the file it is built in. */
export function openOrCreate(path: string, unique: string): Database {
  try {
    // Looked at before anything is open: touching the files later would drop SQLite's locks (RELIABILITY 3.4).
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) createDatabase(path, unique);
    else if (!found.isFile() || found.size === 0) throw foreign(path, "not a database of calm's");
    const database = openDatabase(path);
    try {
      requireSafeSqlite(database);
      requireOurs(database, path);
    } catch (error) {
      closeDatabase(database);
      throw error;
    }
    return database;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw asFailure(error, path);
  }
}

function asFailure(error: unknown, path: string): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed/i.test(message)) return foreign(path, "not a database of calm's");
  if (/database is locked|busy/i.test(message)) {
    return new Failure("busy", `The database is held by another process: ${path}`, {
      cause: error,
      hint: "Try again",
    });
  }
  return new Failure("database_failed", `The database could not be opened: ${path}: ${message}`, {
    cause: error,
    hint: "Look at the folder's permissions and free space, or set CALM_HOME to another folder",
    details: { path },
  });
}
