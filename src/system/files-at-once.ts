import { readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";

// For the little that a gate does around its command: to load what does it in the background takes longer than all of it.

/** The text of a file; undefined where there is none, which most are asked for to find out and costs no error. */
export function readTextNow(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) && readFileSync(path, "utf8");
}

/** Deletes a folder that holds nothing; false where it holds something, or may not be looked into. */
export function removeEmptyNow(path: string): boolean {
  try {
    if (readdirSync(path).length > 0) return false;
    rmdirSync(path);
    return true;
  } catch {
    return false; // closed to its own user, or gone, which whoever removes all of it sees
  }
}
