import { join } from "node:path";
import type { Context } from "../context.ts";
import { pathExists } from "../system/files.ts";

/** Files of a working tree that differ from HEAD where git was told not to look (assume-unchanged, skip-worktree). */
export async function hiddenChanges(context: Context, worktree: string): Promise<string[]> {
  const git = await context.git();
  const hidden = await git.hiddenFiles(worktree, ["."]);
  const head = hidden.length > 0 ? (await git.head(worktree))?.commit : undefined;
  if (head === undefined) return [];
  // In a sparse checkout files are absent by design.
  const sparse = pathExists(join(await git.gitDirOf(worktree), "info", "sparse-checkout"));
  const changed: string[] = [];
  for (const path of hidden) {
    const file = join(worktree, path);
    const present = pathExists(file);
    if (present ? (await git.hashFile(file)) !== (await git.blobOf(head, path)) : !sparse) changed.push(path);
  }
  return changed;
}
