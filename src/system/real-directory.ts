import { realpathSync, statSync } from "node:fs";

/** A directory without symbolic links; undefined when nothing of that name can be one, or be seen. */
export function realDirectory(path: string): string | undefined {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : undefined;
  } catch {
    return undefined; // gone, out of sight, or no name of a file at all: too long, or with a NUL in it
  }
}
