import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getuid } from "node:process";
import { Failure } from "../failure.ts";
import { lookAt } from "./files.ts";
import { namesInNow } from "./files-at-once.ts";

/** A file to lie in a temporary folder. */
export interface TemporaryFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

const prefix = "calm-git-";
/** Milliseconds after which no work in such a folder still goes on. */
const longest = 24 * 3_600_000;

/**
 * Gives the work a private folder that holds these files only and is gone afterwards; Failure file_failed where none
 * can be made.
 */
export async function inTemporaryFolder<T>(
  files: readonly TemporaryFile[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  // At once: a few small files, sooner written than waited for.
  const folder = makeTemporaryFolder();
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

function makeTemporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const hint = "Let TMPDIR name a folder that is there and that you may write to, or leave it out";
    throw new Failure("file_failed", `No temporary folder could be made: ${cause.message}`, { cause, hint });
  }
}

/** The folders of this user's processes that were killed before they could remove them. `now` is in milliseconds. */
export function listForgottenFolders(now: number): string[] {
  const own = namesInNow(tmpdir()).filter((name) => name.startsWith(prefix));
  return own
    .map((name) => join(tmpdir(), name))
    .filter((path) => {
      const found = lookAt(path);
      return found?.isDirectory() === true && found.uid === getuid?.() && found.mtimeMs < now - longest;
    });
}
