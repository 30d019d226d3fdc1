import { constants, lstatSync, type Stats } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { Failure } from "../failure.ts";

/** Below a file, or of a name that no file can have, there is nothing. */
const nothingThere = ["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

/** What lies at the path, a symbolic link not followed; undefined for nothing; Failure file_failed out of sight. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (nothingThere.some((code) => hasCode(error, code))) return undefined;
    if (!hasCode(error, "EACCES")) throw error;
    throw new Failure("file_failed", `${path} cannot be looked at`, {
      hint: `Look at the permissions: ls -ld ${dirname(path)}`,
      cause: error,
    });
  }
}

/** True when something lies at the path, a dangling symbolic link included. */
export function pathExists(path: string): boolean {
  return lookAt(path) !== undefined;
}

/** The first symbolic link on the way from a root to a path below it; undefined where there is none. */
export function findLink(root: string, relative: string): string | undefined {
  let path = root;
  for (const part of relative.split("/")) {
    path = join(path, part);
    if (lookAt(path)?.isSymbolicLink() === true) return path;
  }
  return undefined;
}

/** Refuses a path below a root that leads through a symbolic link: writing there could leave the repository. */
export function requirePlainPath(root: string, relative: string): void {
  const path = findLink(root, relative);
  if (path === undefined) return;
  throw new Failure("symlinked_path", `${path} is a symbolic link; calm does not write through it`, {
    hint: `Replace it by a real folder or file: rm ${path}`,
    details: { path },
  });
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

/** Writes a file in the place of whatever file is there, with the folders above it. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Makes a folder of a fresh name in the system's temporary directory; the caller removes it. */
export async function keepTemporaryFolder(prefix: string): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), prefix)));
}

/** Deletes a folder that holds nothing but folders that hold nothing; anything else stays. */
export async function removeEmptyFolders(path: string): Promise<void> {
  if (lookAt(path)?.isDirectory() !== true) return;
  for (const name of await readdir(path)) await removeEmptyFolders(join(path, name));
  try {
    await rmdir(path);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "EEXIST")) throw error;
  }
}

/** The names of what lies in a folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder);
}

/** What lies in a folder and below it, but for folders, as paths from there. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

/** Deletes a file or folder with all it holds; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether an error is one of the system's, with this code such as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/**
 * Creates a lock file with a text, both at once and for good, so that not even a power cut leaves a lock that does not
 * say whose it is; false when there is one already. `aside` is a name next to it that nobody else uses.
 */
export async function createLockFile(path: string, aside: string, text: string): Promise<boolean> {
  const file = await open(aside, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await removeTree(aside);
  }
  await syncFolder(dirname(path));
  return true;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Deletes one file or link, and the folders above it, below the root, that this leaves empty. */
export async function removeFile(root: string, relative: string): Promise<void> {
  await rm(join(root, relative), { force: true });
  for (let folder = dirname(relative); folder !== "."; folder = dirname(folder)) {
    try {
      await rmdir(join(root, folder));
    } catch {
      return; // not empty, so it stays, and so do those above
    }
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

/** The bytes of a file; undefined when there is none. */
export async function readFileIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
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
