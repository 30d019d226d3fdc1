import type { Context } from "../context.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";

/** Why a worktree is not as calm recorded it; undefined when database and git agree on place, branch and directory. */
export async function findDisagreement(
  context: Context,
  { path, branch }: Pick<WorktreeRecord, "path" | "branch">,
): Promise<string | undefined> {
  const git = await context.git();
  if (!pathExists(path)) return "its folder is gone";
  const head = await git.head(path);
  if (head === undefined) return "its folder no longer leads into this repository";
  if ((await git.gitDirOf(path)) === git.commonDir) return "it is the main checkout";
  if (head.branch !== `refs/heads/${branch}`) {
    const other = head.branch?.replace("refs/heads/", "on the branch ") ?? "at a detached HEAD";
    return `it is ${other}, not on ${branch}`;
  }
  return head.commit === undefined ? `its branch ${branch} has no commit` : undefined;
}
