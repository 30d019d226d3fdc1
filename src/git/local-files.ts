import { type Dirent, readdirSync, readFileSync, realpathSync } from "node:fs";

/** The text of a small file; undefined when there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** A path without symbolic links; undefined when nothing lies there. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** What lies in a folder; empty when there is none. */
export function readEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** A name that no file system takes is a name of nothing. */
const absences = ["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"];

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && absences.includes(String(error.code));
}
