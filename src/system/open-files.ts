import { readdir, readlink } from "node:fs/promises";
import { pid as ownPid, platform } from "node:process";
import { runTool } from "./spawn.ts";

/** Whether a process has the file open; where that cannot be told, it counts as open. */
export async function isOpenSomewhere(path: string): Promise<boolean> {
  return platform === "linux" ? isOpenIn(path, () => true) : isOpenByLsof(path, () => true);
}

/** Whether a process other than this one has the file open; where that cannot be told, it counts as open. */
export async function isOpenElsewhere(path: string): Promise<boolean> {
  const isOther = (pid: string): boolean => pid !== String(ownPid);
  return platform === "linux" ? isOpenIn(path, isOther) : isOpenByLsof(path, isOther);
}

async function isOpenIn(path: string, counts: (pid: string) => boolean): Promise<boolean> {
  for (const entry of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && counts(name))) {
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

async function isOpenByLsof(path: string, counts: (pid: string) => boolean): Promise<boolean> {
  try {
    const answer = await runTool(["lsof", "-t", "--", path], {
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin" },
    });
    const pids = answer.stdout
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "");
    return answer.exitCode !== 1 && (pids.length === 0 || pids.some(counts));
  } catch {
    return true; // no lsof: better a lock too many than one taken from under a git
  }
}
