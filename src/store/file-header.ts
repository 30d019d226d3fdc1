import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { applicationId } from "./create-database.ts";

/** What the first page of a database file tells. */
export interface FileHeader {
  /** Whether it says that the file is calm's own. */
  readonly ours: boolean;
  /** Whether the file is as long as it says. */
  readonly whole: boolean;
}

const magic = "SQLite format 3\0";
// Where things lie in it: https://sqlite.org/fileformat2.html#the_database_header
const [pageSizeAt, pagesAt, idAt, length] = [16, 28, 68, 100];

/**
 * Reads the first page alone: while another process writes the log back, and after that was cut short, only page and
 * log together make a database that SQLite would look at.
 */
export function readFileHeader(path: string): FileHeader {
  const header = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, length, 0);
    const ours =
      header.toString("latin1", 0, magic.length) === magic && header.readUInt32BE(idAt) === applicationId;
    const bytes = header.readUInt16BE(pageSizeAt) * header.readUInt32BE(pagesAt);
    return { ours, whole: bytes <= fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}
