import { chmodSync, constants, copyFileSync } from "node:fs";

/** Copies a file that nobody writes to a new one that only its owner may read; shares its blocks where that is possible. */
export function copyPrivately(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  chmodSync(to, 0o600);
}
