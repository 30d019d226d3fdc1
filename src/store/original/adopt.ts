import { chmodSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../../failure.ts";
import { findHolders } from "../../system/file-holders.ts";
import { makePrivateFolder } from "../../system/private-folder.ts";
import { applicationId } from "../create-database.ts";
import { databaseFailure } from "../database-failure.ts";
import { syncFolder } from "../backup-files.ts";
import { migrations } from "../migrations/index.ts";
import { recordingTriggers } from "../record-changes.ts";
import { queriesOf } from "../queries.ts";
import { takeSnapshot } from "../snapshot.ts";
import {
  closeDatabase,
  type Database,
  openDatabase,
  pragmaNumber,
  pragmaText,
  requireSafeSqlite,
} from "../sqlite.ts";
import { type Stamp, type Writer, writerOf } from "../store.ts";
import { moveAside } from "./move-aside.ts";
import type { Original } from "./original-row.ts";
import { isOriginal, readOriginal } from "./read-original.ts";

/** How long adopting waits for whoever holds the file, in milliseconds: a person sits there. */
const patience = 5000;

/** The place of the database, where its copy goes, and who adopts it for which project. */
export interface Adoption {
  readonly path: string;
  readonly backup: string;
  readonly project: string;
  readonly stamp: Stamp;
}

/**
 * Makes a database of the original's, where calm's own should lie, calm's: in one transaction, after a copy of it
 * has been kept. False when another process did it first.
 */
export async function adoptDatabase(
  adoption: Adoption,
  takeOver: (tx: Writer, original: Original) => Promise<void>,
): Promise<boolean> {
  const { path } = adoption;
  await requireNoHolder(path);
  const database = openDatabase(path);
  try {
    requireSafeSqlite(database);
    database.exec(`pragma busy_timeout = ${patience}`);
    if (isOwn(database)) return false;
    // Without a log the commit lies in the file itself, where every command looks first; it also asks for being alone.
    if (pragmaText(database, "journal_mode = delete") !== "delete") throw heldBy(path, "another program");
    database.exec("begin immediate");
    // Another process may have been quicker.
    if (isOwn(database)) return false;
    if (!isOriginal(database)) throw new Failure("lost_race", `${path} is another file now`);
    await keepCopy(path, adoption.backup);
    await takeIn(database, adoption, takeOver);
    database.exec("commit");
    // Killed before this: whoever opens it next does it.
    database.exec("pragma journal_mode = wal");
    chmodSync(path, 0o600);
    return true;
  } catch (error) {
    throw databaseFailure(error, path);
  } finally {
    // Closing takes back what was not committed.
    closeDatabase(database);
  }
}

function isOwn(database: Database): boolean {
  return pragmaNumber(database, "application_id") === applicationId;
}

async function takeIn(
  database: Database,
  { project, stamp }: Adoption,
  takeOver: (tx: Writer, original: Original) => Promise<void>,
): Promise<void> {
  const original = readOriginal(database);
  moveAside(database);
  for (const sql of migrations) database.exec(sql);
  database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}`);
  await takeOver(writerOf(queriesOf(database), project, stamp), original);
  database.exec(recordingTriggers());
}

/** Refuses a file that a program of another kind has open: it would go on writing to tables that are calm's now. */
async function requireNoHolder(path: string): Promise<void> {
  const [holder] = await findHolders(path);
  if (holder !== undefined) throw heldBy(path, `${holder.name} (process ${holder.pid})`);
}

function heldBy(path: string, holder: string): Failure {
  return new Failure("busy", `${path} is open in ${holder}`, {
    hint: "End that program, then try again: calm migrate",
    details: { path, holder },
  });
}

/** Keeps a copy of the file as the transaction finds it; whole under its name, or not there at all. */
async function keepCopy(path: string, copy: string): Promise<void> {
  makePrivateFolder(dirname(copy));
  const partial = `${copy}.partial`;
  await takeSnapshot(path, partial);
  renameSync(partial, copy);
  syncFolder(dirname(copy));
}
