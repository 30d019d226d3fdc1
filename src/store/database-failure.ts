import { Failure } from "../failure.ts";

const busy = [5, 6];
const damaged = [11, 26];
/** Read-only, input or output error, full, cannot open: SQLite's codes for what the machine did, not calm. */
const machine = [8, 10, 13, 14];

/** SQLite's own fixed texts: what fails while rows are read reaches us without a number (driver 1.2.1). */
const texts: ReadonlyMap<string, number> = new Map([
  ["database is locked", 5],
  ["database table is locked", 6],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
]);

/** SQLite's primary result code of an error; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return "code" in error && error.code === "ERR_SQLITE_ERROR" ? texts.get(error.message) : undefined;
}

/** The Failure for an error of SQLite that is no mistake of calm's; the error itself otherwise. */
export function databaseFailure(cause: unknown, path: string): unknown {
  const code = sqliteCode(cause);
  if (code === undefined || !(cause instanceof Error)) return cause;
  const details = { path, sqlite: code };
  if (busy.includes(code)) {
    const hint = "Try again";
    return new Failure("busy", `The database is held by another process: ${path}`, { cause, hint, details });
  }
  if (damaged.includes(code)) {
    const hint = "Look for a good copy: calm backup list, then: calm backup restore <name>";
    return new Failure("database_failed", `The database is damaged: ${path}`, { cause, hint, details });
  }
  if (!machine.includes(code)) return cause;
  const message = `The database could not be read or written: ${path}: ${cause.message}`;
  const hint = "Look at the folder's permissions and free space, or set CALM_HOME to another folder";
  return new Failure("database_failed", message, { cause, hint, details });
}
