import { copyFileSync, existsSync, lstatSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { inTemporaryFolder } from "../../system/temporary-folder.ts";
import { applicationId } from "../create-database.ts";
import { databaseFailure, sqliteCode } from "../database-failure.ts";
import { readFileHeader } from "../file-header.ts";
import { closeDatabase, type Database, openDatabase, pragmaNumber } from "../sqlite.ts";
import type { Original } from "./original-row.ts";
import { asidePrefix, isOriginal, readOriginal } from "./read-original.ts";

/** What lies at the place of calm's database, or of one that is to be taken over. */
export type Found = "nothing" | "own" | "foreign";

/** SQLite's code for a file that is no database at all. */
const noDatabase = 26;
/** The files that belong to a database: its log, or what would take an interrupted write back. */
const companions = ["", "-wal", "-journal"] as const;
const attempts = 5;

/** Looks at a file without a lock, a log or a byte written. */
export function lookAtDatabase(path: string): Found {
  const stat = statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return "nothing";
  if (!stat.isFile()) return "foreign";
  return readFileHeader(path).ours ? "own" : "foreign";
}

/**
 * Reads a database of the original's from a copy, log and all: opening the file itself would write its log back,
 * or leave files next to it.
 */
export async function readSource(path: string): Promise<Original> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw notOriginal(path, "no file");
  return inTemporaryFolder([], async (folder) => {
    const copy = join(folder, "source.db");
    copyStill(path, copy);
    return Promise.resolve(readCopy(path, copy));
  });
}

function readCopy(path: string, copy: string): Original {
  try {
    const database = openDatabase(copy);
    try {
      requireOriginal(database, path);
      return readOriginal(database);
    } finally {
      closeDatabase(database);
    }
  } catch (error) {
    if (sqliteCode(error) === noDatabase) throw notOriginal(path, "no SQLite database");
    throw databaseFailure(error, path);
  }
}

/** Refuses a database that is calm's own, damaged, or simply another program's. */
function requireOriginal(database: Database, path: string): void {
  if (pragmaNumber(database, "application_id") === applicationId)
    throw notOriginal(path, "calm's own database");
  if (!isOriginal(database))
    throw notOriginal(path, "a database of another program: it has no tasks with a phase");
  const answer = database.prepare("pragma quick_check(1)").get() as Record<string, unknown>;
  const [verdict] = Object.values(answer);
  if (verdict === "ok") return;
  throw new Failure("database_failed", `The database is damaged: ${path}: ${String(verdict)}`, {
    hint: `Rescue what can be read, then take that over: sqlite3 ${path} .recover | sqlite3 ${path}.recovered`,
    details: { path },
  });
}

function notOriginal(path: string, what: string): Failure {
  return new Failure("not_an_original", `${path} is ${what}, and no database of the original's`, {
    hint: "Name the file: calm migrate <path of metadata.db or claws.db>",
    details: { path },
  });
}

/** Copies a database while nobody writes to it; Failure busy when somebody always does. */
function copyStill(path: string, copy: string): void {
  const look = (): string =>
    JSON.stringify(
      companions.map((suffix) => {
        const stat = statSync(path + suffix, { throwIfNoEntry: false, bigint: true });
        return stat && [String(stat.mtimeNs), String(stat.size), String(stat.ino)];
      }),
    );
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = look();
    for (const suffix of companions) {
      rmSync(copy + suffix, { force: true });
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    }
    if (look() === before) return;
  }
  throw new Failure("busy", `${path} is being written by another program`, {
    hint: "End that program, then try again: calm migrate",
    details: { path },
  });
}

/** What an earlier take-over left of the original's tables in calm's own database; undefined where there was none. */
export function readAside(path: string): Original | undefined {
  const database = openDatabase(path, { readOnly: true });
  try {
    return isOriginal(database, asidePrefix) ? readOriginal(database, asidePrefix) : undefined;
  } finally {
    closeDatabase(database);
  }
}
