import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One file, or one folder that has no bytes. */
interface Entry {
  readonly path: string;
  readonly bytes?: Buffer;
  readonly mode: number;
}

const templates = new Map<string, readonly Entry[]>();

/** Everything in a folder, but for the examples of hooks that git puts into each repository. */
function entriesOf(folder: string): Entry[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return paths.flatMap((path) => {
    const found = lstatSync(join(folder, path));
    if (found.isDirectory()) return [{ path, mode: found.mode }];
    return path.endsWith(".sample")
      ? []
      : [{ path, mode: found.mode, bytes: readFileSync(join(folder, path)) }];
  });
}

/**
 * Fills an empty folder as `make` does, which runs once for a key in this process: to write what it made again costs a
 * millisecond, and four calls of git cost forty. False = written again, so that files have other times and numbers.
 */
export function fillFolder(folder: string, key: string, make: () => void): boolean {
  const known = templates.get(key);
  if (known === undefined) {
    make();
    templates.set(key, entriesOf(folder));
    return true;
  }
  for (const { path, bytes, mode } of known) {
    if (bytes === undefined) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), bytes, { mode });
  }
  return false;
}
