import { closeSync, cpSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findOwnDatabase, openOrCreate } from "../../src/store/open-database.ts";
import { closeDatabase } from "../../src/store/sqlite.ts";
import { scratchFolder } from "../support/world.ts";

const logHeader = 32;
const frameHeader = 24;

/** The newest copy of a page in a log. */
function pageInLog(log: Buffer, page: number): Buffer {
  const size = log.readUInt32BE(8);
  let found: Buffer | undefined;
  for (let at = logHeader; at + frameHeader + size <= log.length; at += frameHeader + size) {
    if (log.readUInt32BE(at) === page) found = log.subarray(at + frameHeader, at + frameHeader + size);
  }
  if (!found) throw new Error(`page ${page} is not in the log`);
  return found;
}

/** A database as it lies on disk while its log is written back: the first page is, and the file has not grown yet. */
function halfWrittenBack(): string {
  const folder = scratchFolder();
  const [whole, half] = [join(folder, "whole"), join(folder, "half")];
  for (const place of [whole, half]) mkdirSync(place);
  const database = openOrCreate(join(whole, "metadata.db"), "unique");
  database.exec("pragma wal_checkpoint(truncate); pragma wal_autocheckpoint = 0");
  database.exec("create table growth (text text)");
  database.exec(`insert into growth values ('${"x".repeat(500_000)}')`);
  for (const name of ["metadata.db", "metadata.db-wal"]) cpSync(join(whole, name), join(half, name));
  closeDatabase(database);
  const path = join(half, "metadata.db");
  const first = pageInLog(readFileSync(`${path}-wal`), 1);
  expect(first.readUInt32BE(28) * first.length).toBeGreaterThan(statSync(path).size);
  const file = openSync(path, "r+");
  writeSync(file, first, 0, first.length, 0);
  closeSync(file);
  return path;
}

test("a database whose log is being written back is calm's own, and whole once it is opened", () => {
  const path = halfWrittenBack();
  expect(findOwnDatabase(path)).toBe(true);
  const database = openOrCreate(path, "unused");
  expect(database.prepare("select length(text) as size from growth").get()).toEqual({ size: 500_000 });
  expect(database.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  closeDatabase(database);
});
