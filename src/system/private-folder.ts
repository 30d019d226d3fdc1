import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode } from "./files.ts";
import { realDirectory } from "./real-directory.ts";

/**
 * Makes a folder that nobody else may enter, with those above it. Not by Node's `recursive`, which never ends below
 * /proc: mkdir says ENOENT there, of a folder whose parent is.
 */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, "EEXIST") && realDirectory(path) !== undefined) return;
    if (!hasCode(error, "ENOENT") || realDirectory(dirname(path)) !== undefined) throw error;
    makePrivateFolder(dirname(path));
    makePrivateFolder(path);
  }
}
