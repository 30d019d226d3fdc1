import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { execPath } from "node:process";
import { hasOpen } from "./open-files.ts";

/** A process that has a file open. */
export interface Holder {
  readonly pid: number;
  readonly name: string;
}

/** The processes of other programs than this one that have a file open; only where /proc tells, and only those we may see. */
export async function findHolders(path: string): Promise<Holder[]> {
  const entries = await readdir("/proc").catch(() => [] as string[]); // no /proc on macOS
  const [wanted, ownProgram] = await Promise.all([realpath(path), realpath(execPath)]);
  const found: Holder[] = [];
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    // A process may end, or belong to somebody else, while we look.
    const program = await readlink(`/proc/${entry}/exe`).catch(() => undefined);
    if (program === ownProgram || program === undefined) continue;
    if (!(await hasOpen(entry, wanted))) continue;
    const name = await readFile(`/proc/${entry}/comm`, "utf8").catch(() => "?\n");
    found.push({ pid: Number(entry), name: name.trim() });
  }
  return found;
}
