import { chmodSync, closeSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { hasCode } from "../system/files.ts";
import { networkDiskOf } from "../system/network-disk.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { migrations } from "./migrations/index.ts";
import { recordingTriggers } from "./record-changes.ts";
import { closeDatabase, type Database, openDatabase } from "./sqlite.ts";

/** Marks a file as calm's own: "CALM" in ASCII. */
export const applicationId = 0x43414c4d;

/** Brings an open database to the newest schema; any number of processes may try at once. */
export function migrate(database: Database, versionOf: () => number): void {
  database.exec("begin immediate");
  try {
    const missing = migrations.slice(versionOf());
    for (const sql of missing) database.exec(sql);
    if (missing.length > 0) database.exec(recordingTriggers());
    database.exec(`pragma user_version = ${migrations.length}`);
    database.exec("commit");
  } catch (cause) {
    database.exec("rollback");
    throw new Failure("database_failed", "The database could not be brought to the newest schema", { cause });
  }
}

/** Processes share the write-ahead log by memory, which two machines do not have in common. */
function refuseNetworkDisk(folder: string): void {
  const disk = networkDiskOf(folder);
  if (disk === undefined) return;
  throw new Failure(
    "database_failed",
    `${folder} lies on a network file system (${disk}), which SQLite's log does not work on`,
    {
      hint: "Choose a folder on a disk of this machine: export CALM_HOME=<folder>",
      details: { path: folder, file_system: disk },
    },
  );
}

/**
 * Makes the database at a path that holds nothing. It is built aside and put in place by link(2), so of any
 * number of processes one wins and none ever sees half a database.
 */
export function createDatabase(path: string, unique: string): void {
  makePrivateFolder(dirname(path));
  refuseNetworkDisk(dirname(path));
  const aside = `${path}.new-${unique}`;
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(aside, "wx", 0o600));
  try {
    const database = openDatabase(aside);
    try {
      // Only exec here: a prepared statement would keep the file open, under its first name, beyond close.
      database.exec(`pragma journal_mode = wal; pragma application_id = ${applicationId}`);
      migrate(database, () => 0);
    } finally {
      closeDatabase(database);
    }
    chmodSync(aside, 0o600);
    linkSync(aside, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(aside + suffix, { force: true });
  }
}
