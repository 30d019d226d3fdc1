import { existsSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";

// For the little that a gate does around its command: to load what does it in the background takes longer than all of it.

/** The text of a file; undefined where there is none, which most are asked for to find out and costs no error. */
export function readTextNow(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false }) && readFileSync(path, "utf8");
}

/** The names in a folder; none where there is no such folder, or none that we may look into. */
export function namesInNow(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch {
    return []; // a file of that name, closed to us, or gone meanwhile
  }
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
