import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeTree } from "./files.ts";

/** A file to lie in a temporary folder. */
export interface TemporaryFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Buffer;
}

/** Gives the work a private folder that holds these files only and is gone afterwards. */
export async function inTemporaryFolder<T>(
  files: readonly TemporaryFile[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "calm-git-"));
  try {
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content, { flag: "wx" });
    }
    return await work(folder);
  } finally {
    await removeTree(folder);
  }
}
