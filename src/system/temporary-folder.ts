import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getuid } from "node:process";
import { hasCode, lookAt } from "./files.ts";

/** A file to lie in a temporary folder. */
export interface TemporaryFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

const prefix = "calm-git-";
/** Milliseconds after which no work in such a folder still goes on. */
const longest = 24 * 3_600_000;

/** Gives the work a private folder that holds these files only and is gone afterwards. */
export async function inTemporaryFolder<T>(
  files: readonly TemporaryFile[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  // At once: a few small files, sooner written than waited for.
  const folder = mkdtempSync(join(tmpdir(), prefix));
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flag: "wx" });
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The folders of this user's processes that were killed before they could remove them. `now` is in milliseconds. */
export function listForgottenFolders(now: number): string[] {
  return namesInAll()
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(tmpdir(), name))
    .filter((path) => {
      const found = lookAt(path);
      return found?.isDirectory() === true && found.uid === getuid?.() && found.mtimeMs < now - longest;
    });
}

/** What lies where temporary folders are made. */
function namesInAll(): string[] {
  try {
    return readdirSync(tmpdir());
  } catch (error) {
    // There is no such place, or it may not be listed, as on machines that keep users apart: nothing can be found.
    if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => hasCode(error, code))) return [];
    throw error;
  }
}
