import { chmodSync, copyFileSync, linkSync, realpathSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { pathExists } from "../system/files.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { syncFolder } from "./backup-files.ts";
import { removeDatabaseFile } from "./snapshot.ts";
import { closeDatabase, openDatabase } from "./sqlite.ts";

// The log goes first: beside the next database it would be taken for that one's.
const parts = ["-wal", "-shm", ""];

/**
 * Moves a damaged database aside with its log, or a log whose database is gone; nothing is deleted. Nobody may have it
 * open. Gives the new path; undefined when nothing was there.
 */
export function setAside(path: string, now: string): string | undefined {
  const found = parts.filter((part) => pathExists(path + part));
  if (found.length === 0) return undefined;
  const stamp = `${path}.damaged-${now.replaceAll(/[-:]/g, "")}`;
  let kept = stamp;
  for (let number = 2; parts.some((part) => pathExists(kept + part)); number++) kept = `${stamp}-${number}`;
  for (const part of found) renameSync(path + part, kept + part);
  return kept;
}

/** Where the database really lies, if it does. */
export function realPlace(path: string): string {
  return pathExists(path) ? realpathSync(path) : path;
}

/** Makes a prepared copy the database where there is none; false when another process has made one meanwhile. */
export function becomeDatabase(copy: string, path: string, unique: string): boolean {
  makePrivateFolder(dirname(path));
  // Beside the place: the backups may lie on another file system.
  const aside = `${path}.new-${unique}`;
  try {
    copyFileSync(copy, aside);
    chmodSync(aside, 0o600);
    const database = openDatabase(aside);
    try {
      database.exec("pragma journal_mode = wal");
    } finally {
      closeDatabase(database);
    }
    linkSync(aside, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    removeDatabaseFile(aside);
  }
  syncFolder(dirname(path));
  return true;
}
