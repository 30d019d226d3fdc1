import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { failpoint } from "../system/failpoint.ts";
import { hasCode } from "../system/files.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { removeDatabaseFile } from "./snapshot.ts";

/** A backup as it lies in its folder. */
export interface BackupFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly created_at: string;
  /** False for a folder or a link, which calm does not follow. */
  readonly plain: boolean;
}

const fileName = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,99})\.db$/;
const unfinished = /^\.new-/;
/** Milliseconds after which an unfinished file is one that a killed process left. */
const abandonedAfter = 3_600_000;

/** The backups of a folder, newest first; none when there is no folder. */
export function listBackupFiles(folder: string): BackupFile[] {
  const found = namesIn(folder).flatMap((entry): BackupFile[] => {
    const name = fileName.exec(entry)?.[1];
    const path = join(folder, entry);
    // Rotation may have taken it meanwhile.
    const stats = name === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
    if (name === undefined || !stats) return [];
    const created_at = stats.mtime.toISOString();
    return [{ name, path, size: stats.size, created_at, plain: stats.isFile() }];
  });
  const newestFirst = (a: BackupFile, b: BackupFile): number =>
    a.created_at === b.created_at ? 0 : a.created_at < b.created_at ? 1 : -1;
  return found.sort((a, b) => newestFirst(a, b) || (a.name < b.name ? 1 : -1));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Makes the folder of backups, private, and clears away what killed processes left in it. */
export function prepareFolder(folder: string, now: string): void {
  makePrivateFolder(folder);
  for (const path of listAbandoned(folder, now)) rmSync(path, { force: true });
}

/** Unfinished files, so old that killed processes must have left them. */
export function listAbandoned(folder: string, now: string): string[] {
  const paths = namesIn(folder).filter((name) => unfinished.test(name));
  return paths.flatMap((name) => {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats && Date.parse(now) - stats.mtimeMs > abandonedAfter ? path : [];
  });
}

/** Where a file of the folder is made before it gets its name. */
export function asidePath(folder: string, unique: string): string {
  return join(folder, `.new-${unique}.db`);
}

/** Where a backup of a name lies. */
export function backupPath(folder: string, name: string): string {
  return join(folder, `${name}.db`);
}

/** Puts a finished file in its place for good, in one step; false when something lies there already. */
export function putInPlace(aside: string, folder: string, path: string, now: string): boolean {
  const time = new Date(now);
  utimesSync(aside, time, time);
  try {
    linkSync(aside, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  failpoint("backup.named");
  removeDatabaseFile(aside);
  syncFolder(folder);
  failpoint("backup.placed");
  return true;
}

/** Makes what was linked, renamed or removed in a folder outlast a power cut. */
export function syncFolder(folder: string): void {
  const opened = openSync(folder, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** Removes a backup; false when it is gone already. */
export function removeBackupFile({ path }: BackupFile): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
