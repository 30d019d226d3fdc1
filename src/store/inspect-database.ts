import { Failure } from "../failure.ts";
import type { BackupState } from "../model/backup.ts";
import { ask, askNumber } from "./ask.ts";
import { applicationId } from "./create-database.ts";
import { databaseFailure, sqliteCode } from "./database-failure.ts";
import { migrations } from "./migrations/index.ts";
import { findOwnDatabase } from "./open-database.ts";
import { findSpoiledRecordings } from "./recording-damage.ts";
import { closeDatabase, type Database, openDatabase, peekDatabase, pragmaNumber } from "./sqlite.ts";

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

/** What lies at the database's place, looked at without changing its schema. */
export type DatabaseState =
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | {
      readonly kind: "ours";
      /** Below 0 = older than this calm's, above 0 = newer. */
      readonly ahead: number;
      /** What SQLite's own checks say against it, at most ten lines. */
      readonly damage: readonly string[];
      /** Triggers that are not as calm makes them. */
      readonly spoiled: readonly string[];
    };

const mostLines = 10;

/** Looks at the database; reads all of it. */
export function inspectDatabase(path: string): DatabaseState {
  try {
    if (!findOwnDatabase(path)) return { kind: "missing" };
    const database = openDatabase(path);
    try {
      const ahead = pragmaNumber(database, "user_version") - migrations.length;
      const spoiled = ahead === 0 ? findSpoiledRecordings(database) : [];
      return { kind: "ours", ahead, damage: findDamage(database), spoiled };
    } finally {
      closeDatabase(database);
    }
  } catch (error) {
    const known = databaseFailure(error, path);
    if (known instanceof Failure) return { kind: "refused", failure: known };
    throw error;
  }
}

function findDamage(database: Database): string[] {
  const checked = database.prepare(`pragma quick_check(${mostLines})`).all() as { quick_check: string }[];
  const broken = database.prepare("pragma foreign_key_check").all() as { table: string; parent: string }[];
  const lines = [
    ...checked.map((row) => row.quick_check).filter((line) => line !== "ok"),
    ...broken.map(({ table, parent }) => `a row of ${table} belongs to a row of ${parent} that is not there`),
  ];
  return [...new Set(lines)].slice(0, mostLines);
}
