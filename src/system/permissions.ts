import { chmod } from "node:fs/promises";
import { lookAt } from "./files.ts";

const others = 0o077;

/** Whether anybody but its owner may read, change or enter what lies at a path; nothing there is closed. */
export function isOpenToOthers(path: string): boolean {
  return ((lookAt(path)?.mode ?? 0) & others) !== 0;
}

/** Takes from everybody but the owner what they may do with a file or folder. */
export async function closeToOthers(path: string): Promise<void> {
  const mode = lookAt(path)?.mode;
  if (mode !== undefined) await chmod(path, mode & 0o700);
}

/** Lets the owner, and nobody else, run a file as a program. */
export async function makeProgram(path: string): Promise<void> {
  await chmod(path, 0o700);
}
