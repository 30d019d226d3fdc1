import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, removeTree } from "./files.ts";

/** Deletes a folder in which a command may have closed folders to their owner; nothing there is fine. */
export async function removeLockedTree(path: string): Promise<void> {
  try {
    await removeTree(path);
  } catch (error) {
    if (!hasCode(error, "EACCES")) throw error;
    await openFolders(path);
    await removeTree(path);
  }
}

async function openFolders(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await openFolders(join(path, name));
}
