import { readdir, readlink } from "node:fs/promises";
import { platform } from "node:process";
import { runTool } from "./spawn.ts";

/** Whether a process has the file open; where that cannot be told, it counts as open. */
export async function isOpenSomewhere(path: string): Promise<boolean> {
  if (platform !== "linux") return isOpenByLsof(path);
  for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await hasOpen(entry, path)) return true;
  }
  return false;
}

/** Whether a process of /proc has the file open; false for one that ends, or belongs to somebody else, while we look. */
export async function hasOpen(process: string, path: string): Promise<boolean> {
  const handles = await readdir(`/proc/${process}/fd`).catch(() => [] as string[]);
  for (const handle of handles) {
    const target = await readlink(`/proc/${process}/fd/${handle}`).catch(() => undefined);
    if (target === path) return true;
  }
  return false;
}

async function isOpenByLsof(path: string): Promise<boolean> {
  try {
    const answer = await runTool(["lsof", "-t", "--", path], {
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin" },
    });
    return answer.exitCode !== 1;
  } catch {
    return true; // no lsof: better a lock too many than one taken from under a git
  }
}
