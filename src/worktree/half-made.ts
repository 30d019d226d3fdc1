import { join } from "node:path";
import type { Context } from "../context.ts";
import { templatesFor } from "../model/templates.ts";
import { getTask } from "../store/tasks.ts";
import { filesBelow, findLink, lookAt, pathExists, readTextIfThere } from "../system/files.ts";
import { findProcessesInside } from "../system/processes-inside.ts";

/** A worktree whose creation was cut short: its folder, and the commit that was being checked out there. */
export interface HalfMade {
  readonly path: string;
  readonly base: string;
}

/** Why the folder of an unfinished creation must stay; undefined when it holds only what calm was writing. */
export async function findUse(context: Context, task: string, made: HalfMade): Promise<string | undefined> {
  const { path, base } = made;
  if (!pathExists(path)) return undefined;
  const [process] = await findProcessesInside(path);
  if (process) return `process ${process.pid} (${process.name}) has its directory there`;
  const git = await context.git();
  const templates = new Map(templatesFor(await getTask(await context.store(), task)));
  // A git that failed half-way may have forgotten the worktree, but not removed its files.
  const known = (await git.head(path)) !== undefined;
  const strays = known
    ? await git.strayFiles(path, base)
    : (await filesBelow(path)).filter((file) => file !== ".git");
  for (const stray of strays) {
    if (!(await isBegun(context, made, stray, templates.get(stray)))) return `it holds ${stray}`;
  }
  return undefined;
}

/** Whether a file is the beginning of what calm or git was writing there, which is what a kill leaves. */
async function isBegun(
  context: Context,
  { path, base }: HalfMade,
  file: string,
  template: string | undefined,
): Promise<boolean> {
  const git = await context.git();
  if (findLink(path, file) !== undefined || lookAt(join(path, file))?.isFile() !== true) return false;
  const text = template ?? (await git.readFile(base, file));
  const begun = await readTextIfThere(join(path, file));
  return text !== undefined && begun !== undefined && text.startsWith(begun);
}
