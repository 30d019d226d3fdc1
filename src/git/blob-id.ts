import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { objectFormat } from "./config-text.ts";
import { readText } from "./local-files.ts";

const formats: Readonly<Record<string, string>> = { sha1: "sha1", sha256: "sha256" };
const chunkBytes = 1 << 16;

/** The hash that names the objects of a repository; undefined for one that only git knows. */
function hashOf(commonDir: string): string | undefined {
  const config = readText(join(commonDir, "config")) ?? "";
  return formats[objectFormat(config)];
}

/**
 * The id that the bytes of a file would have as a blob, by git's own rule, without starting it; undefined where only git
 * knows it, and for what cannot be read: git says why.
 */
export async function blobIdOfFile(commonDir: string, path: string): Promise<string | undefined> {
  const file = openPlainFile(path);
  if (file === undefined) return undefined;
  try {
    const { size } = fstatSync(file);
    const hash = await startBlob(commonDir, size);
    const buffer = Buffer.alloc(Math.min(chunkBytes, size + 1));
    let left = size;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash?.update(buffer.subarray(0, read));
      left -= read;
    }
    // A file that grew or shrank while it was read has no id.
    return left === 0 ? hash?.digest("hex") : undefined;
  } finally {
    closeSync(file);
  }
}

/** Opens a file, or what a link leads to, without waiting for anybody to write into it; undefined for anything else. */
function openPlainFile(path: string): number | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch {
    // git says why it cannot be read
  }
  return undefined;
}

/** The same of a text; undefined where only git knows it. */
export async function blobIdOfText(commonDir: string, text: string): Promise<string | undefined> {
  const bytes = Buffer.from(text, "utf8");
  return (await startBlob(commonDir, bytes.length))?.update(bytes).digest("hex");
}

async function startBlob(commonDir: string, bytes: number) {
  const { createHash } = await import("node:crypto");
  const format = hashOf(commonDir);
  return format === undefined ? undefined : createHash(format).update(`blob ${bytes}\0`);
}
