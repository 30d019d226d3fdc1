import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** The bytes of a plain file, or why there are none to be had. */
export type PlainFile =
  | { readonly bytes: Buffer }
  | { readonly problem: "symbolic_link" | "no_plain_file" | "too_large" }
  | { readonly problem: "unreadable"; readonly error: Error };

/** Reads a file of at most so many bytes; never follows a symbolic link and never waits for a pipe. */
export async function readPlainFile(path: string, most: number): Promise<PlainFile> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return { problem: "no_plain_file" };
      if (stat.size > most) return { problem: "too_large" };
      return { bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const link = "code" in error && error.code === "ELOOP";
    return link ? { problem: "symbolic_link" } : { problem: "unreadable", error };
  }
}
