import { pathToFileURL } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { Failure } from "../failure.ts";

/** How long a write waits for another process's, in milliseconds (RELIABILITY section 3: the queue is not fair). */
const busyTimeout = 120_000;
/** Older ones can corrupt a WAL that several processes write. */
export const oldestSqlite = [3, 51, 3] as const;

// The driver's statements do not keep their database alive, so something must.
const open = new Set<Database>();

/** Opens a database file; the timeout is set before anything can wait. */
export function openDatabase(path: string, options: { readOnly?: boolean } = {}): Database {
  const database = new DatabaseSync(path, { timeout: busyTimeout, ...options });
  open.add(database);
  database.exec("pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off");
  return database;
}

/**
 * Opens a file that may be anybody's, without a lock, a log or a byte written; what has not left another
 * program's log is not seen.
 */
export function peekDatabase(path: string): Database {
  const url = pathToFileURL(path);
  url.search = "?immutable=1";
  const database = new DatabaseSync(url.href, { readOnly: true });
  open.add(database);
  return database;
}

/** Does something that fails at once, as busy, where it would wait for another process. */
export function withoutWaiting(database: Database, work: () => void): void {
  database.exec("pragma busy_timeout = 0");
  try {
    work();
  } finally {
    database.exec(`pragma busy_timeout = ${busyTimeout}`);
  }
}

/** Closes a database; a second call does nothing. */
export function closeDatabase(database: Database): void {
  if (open.delete(database)) database.close();
}

/** The value of a pragma that is a number. */
export function pragmaNumber(database: Database, name: string): number {
  const row = database.prepare(`pragma ${name}`).get() as Record<string, unknown> | undefined;
  return Number(row?.[name]);
}

/** The first column of what a pragma answers. */
export function pragmaText(database: Database, pragma: string): string {
  const row = database.prepare(`pragma ${pragma}`).get() as Record<string, unknown> | undefined;
  return String(Object.values(row ?? {})[0]);
}

function versionOf(database: Database): string {
  const row = database.prepare("select sqlite_version() as version").get() as { version: string };
  return row.version;
}

/** The version of the SQLite that calm brings along. */
export function sqliteVersion(): string {
  const database = openDatabase(":memory:");
  try {
    return versionOf(database);
  } finally {
    closeDatabase(database);
  }
}

/** Refuses a SQLite that could corrupt a WAL shared by several processes. */
export function requireSafeSqlite(database: Database): void {
  const version = versionOf(database);
  const parts = version.split(".").map(Number);
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new Failure("database_failed", `SQLite ${version} is older than ${oldestSqlite.join(".")}`, {
        hint: "Reinstall calm so that its own SQLite driver is used",
      });
    }
  }
}

/** An open database file. */
export type Database = InstanceType<typeof DatabaseSync>;
