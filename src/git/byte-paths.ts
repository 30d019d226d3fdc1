import { lstatSync, readlinkSync, type Stats } from "node:fs";

/**
 * A path as git has it, byte for byte: each character stands for one byte (latin1), since names need not be UTF-8. It
 * is never shown to a person.
 */
export type BytePath = string;

/** The text of git's output in which every path is a BytePath. */
export function byteText(output: Buffer): string {
  return output.toString("latin1");
}

/** What git is given on its stdin for a text of byte paths. */
export function byteInput(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** A byte path below a folder, as the system takes it. */
export function fullBytePath(root: string, path: BytePath): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), byteInput(path)]);
}

/** What lies at a byte path, a symbolic link not followed; undefined for nothing. */
export function lookAtBytePath(root: string, path: BytePath): Stats | undefined {
  try {
    return lstatSync(fullBytePath(root, path), { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder above it was.
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** The bytes that a symbolic link holds. */
export function readLinkBytes(root: string, path: BytePath): Buffer {
  return readlinkSync(fullBytePath(root, path), "buffer");
}

/** A path as git reads it in a list of lines: in C's quotes, so that a name may hold line breaks and any byte. */
export function quoteForGit(path: BytePath): string {
  const quoted = path.replaceAll(/["\\]|[^ -~]/g, (byte) =>
    byte === '"' || byte === "\\" ? `\\${byte}` : `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `"${quoted}"`;
}
