import { constants, lstatSync } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../failure.ts";

/** True when something lies at the path, a dangling symbolic link included. */
export function pathExists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Refuses a path below a root that leads through a symbolic link: writing there could leave the repository. */
export function requirePlainPath(root: string, relative: string): void {
  let path = root;
  for (const part of relative.split("/")) {
    path = join(path, part);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Failure("symlinked_path", `${path} is a symbolic link; calm does not write through it`, {
        hint: `Replace it by a real folder or file: rm ${path}`,
        details: { path },
      });
    }
  }
}

/** Writes a file that must not exist yet, with the folders above it. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o666);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Makes a private folder with those above it. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Moves a folder in one step to a place on the same file system. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

/** Deletes a file or folder with all it holds; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/** Creates a lock file with a text; false when it is there already. */
export async function createLockFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** The text of a file; undefined when there is none. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Copies a file; nothing there is fine. */
export async function copyFileIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** Puts a file in the place of another in one step. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await rename(from, to);
}
