import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const slash = 47;

/** Moves a file or link to a place on the same file system whose name is given in bytes, with the folders above it. */
export async function moveToBytePath(from: string, to: Buffer): Promise<void> {
  await mkdir(to.subarray(0, to.lastIndexOf(slash)), { recursive: true });
  await rename(from, to);
}

/** Writes bytes in the place of whatever file is there, with the folders above it. */
export async function writeBytes(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
