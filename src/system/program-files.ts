import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a new file for this user alone, with the folders above it; an executable one can be run. */
export async function writeProgram(path: string, bytes: Buffer, executable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { mode: executable ? 0o700 : 0o600, flag: "wx" });
}

/** Makes a symbolic link to a path that is relative to the link's own folder. */
export async function makeLink(target: string, path: string): Promise<void> {
  await symlink(target, path);
}
