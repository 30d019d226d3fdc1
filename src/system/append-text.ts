import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/** Adds a text to the end of a file in one write; the file and the folders above it are made when missing. */
export async function appendText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, text);
}
