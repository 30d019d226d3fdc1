import { Failure } from "../failure.ts";
import { migrations } from "./migrations/index.ts";
import { findOwnDatabase } from "./open-database.ts";
import { databaseFailure } from "./database-failure.ts";
import { closeDatabase, type Database, openDatabase, pragmaNumber } from "./sqlite.ts";

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
    };

const mostLines = 10;

/** Looks at the database; reads all of it. */
export function inspectDatabase(path: string): DatabaseState {
  try {
    if (!findOwnDatabase(path)) return { kind: "missing" };
    const database = openDatabase(path);
    try {
      const ahead = pragmaNumber(database, "user_version") - migrations.length;
      return { kind: "ours", ahead, damage: findDamage(database) };
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

/** The version of the SQLite that calm brings along. */
export function sqliteVersion(): string {
  const database = openDatabase(":memory:");
  try {
    const row = database.prepare("select sqlite_version() as version").get() as { version: string };
    return row.version;
  } finally {
    closeDatabase(database);
  }
}
