import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, removeTree } from "./files.ts";
import { removeEmptyNow } from "./files-at-once.ts";

/** Deletes a folder that a command has worked in, also where it has closed folders to its own user. */
export async function removeLeftovers(path: string): Promise<void> {
  if (removeEmptyNow(path)) return;
  try {
    await removeTree(path);
  } catch (error) {
    if (!hasCode(error, "EACCES") && !hasCode(error, "EPERM")) throw error;
    await openFolders(path);
    await removeTree(path);
  }
}

/** Gives the user all rights to a folder and those below it; links are not followed. */
export async function openFolders(path: string): Promise<void> {
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(path, entry.name));
  }
}
