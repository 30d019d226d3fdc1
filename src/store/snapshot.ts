import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { backup } from "@photostructure/sqlite";
import { Failure } from "../failure.ts";
import { isSound } from "./inspect-database.ts";
import { closeDatabase, openDatabase, requireSafeSqlite } from "./sqlite.ts";

/** All pages at once: in portions the copy would begin anew whenever somebody writes. */
const everyPage = -1;

/** Removes a database file that nobody has open, with what SQLite may have put beside it. */
export function removeDatabaseFile(path: string): void {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
}

/**
 * Copies a database as it is at one moment into a new file that needs nothing beside it, checks the copy and writes it
 * through to the disk; others may read and write meanwhile.
 */
export async function takeSnapshot(source: string, target: string): Promise<void> {
  closeSync(openSync(target, "wx", 0o600));
  try {
    await copyPages(source, target);
    if (!makeSelfContained(target)) {
      throw new Failure("database_failed", `The database is damaged: ${source}`, {
        hint: "Look for a good copy: calm backup list, then: calm backup restore <name>",
        details: { path: source },
      });
    }
    const file = openSync(target, "r");
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    removeDatabaseFile(target);
    throw error;
  }
}

async function copyPages(source: string, target: string): Promise<void> {
  const database = openDatabase(source);
  try {
    requireSafeSqlite(database);
    await backup(database, target, { rate: everyPage });
  } finally {
    closeDatabase(database);
  }
}

/** A copy is in the source's mode, where even a reader needs a log of its own beside the file. False = not sound. */
function makeSelfContained(path: string): boolean {
  const database = openDatabase(path);
  try {
    database.exec("pragma journal_mode = delete");
    return isSound(database);
  } finally {
    closeDatabase(database);
  }
}
