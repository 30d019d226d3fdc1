import { readdir, readFile, readlink } from "node:fs/promises";

/** A process whose current directory lies inside a folder. */
export interface ProcessInside {
  readonly pid: number;
  readonly name: string;
  readonly directory: string;
}

/** The processes of this machine whose directory is inside a folder; only where /proc tells, and only those we may see. */
export async function findProcessesInside(folder: string): Promise<ProcessInside[]> {
  const entries = await readdir("/proc").catch(() => [] as string[]); // no /proc on macOS
  const found: ProcessInside[] = [];
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    // A process may end, or belong to somebody else, while we look.
    const directory = await readlink(`/proc/${entry}/cwd`).catch(() => undefined);
    if (directory === undefined || (directory !== folder && !directory.startsWith(`${folder}/`))) continue;
    const name = await readFile(`/proc/${entry}/comm`, "utf8").catch(() => "?\n");
    found.push({ pid: Number(entry), name: name.trim(), directory });
  }
  return found;
}
