import { constants } from "node:fs";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findLink, hasCode, lookAt, pathExists } from "./files.ts";

/** Why a file was not copied. */
export type NotCopied = "symbolic_link" | "no_plain_file" | "exists" | "unreadable";

/**
 * Copies a plain file to the same place below another root, with its mode and those of new folders above it; shares
 * the blocks where the file system can. Nothing is overwritten and no symbolic link is followed. Gives why not;
 * undefined = copied.
 */
export async function copyPlainFile(
  from: string,
  to: string,
  relative: string,
): Promise<NotCopied | undefined> {
  if (findLink(from, relative) !== undefined || findLink(to, relative) !== undefined) return "symbolic_link";
  if (lookAt(join(from, relative))?.isFile() !== true) return "no_plain_file";
  if (pathExists(join(to, relative))) return "exists";
  try {
    await makeFoldersAlike(from, to, dirname(relative));
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    await copyFile(join(from, relative), join(to, relative), flags);
  } catch (error) {
    // Somebody was quicker, or a file stands where a folder should be.
    if (hasCode(error, "EEXIST") || hasCode(error, "ENOTDIR")) return "exists";
    if (hasCode(error, "EACCES")) return "unreadable";
    throw error;
  }
  return undefined;
}

/** A folder that only its owner may look into must not become one for everybody. */
async function makeFoldersAlike(from: string, to: string, relative: string): Promise<void> {
  if (relative === "." || pathExists(join(to, relative))) return;
  await makeFoldersAlike(from, to, dirname(relative));
  await mkdir(join(to, relative), { mode: (await stat(join(from, relative))).mode & 0o777 });
}
