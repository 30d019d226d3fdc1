import { statfs } from "node:fs/promises";
import { versions } from "node:process";

/** The version of node that runs calm. */
export function nodeVersion(): string {
  return versions.node;
}

/** Bytes that may still be written on the file system of a path. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
