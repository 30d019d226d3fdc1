import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ChangedFile } from "../git/git.ts";
import { findUnfinished } from "../git/unfinished.ts";
import { gitIn } from "../model/shell-quote.ts";
import { lookAt, pathExists, readTextIfThere } from "../system/files.ts";
import { together } from "../system/together.ts";
import type { LockedCheckout } from "./checkout.ts";

/** Refuses while anything of a person's is in the way of a change of their checkout; other edits are no concern. */
export async function requireFreeWay(
  context: Context,
  checkout: LockedCheckout,
  changes: readonly ChangedFile[],
  what: "merge" | "undo",
): Promise<void> {
  const busy = findUnfinished(checkout.gitDir);
  if (busy !== undefined) throw unfinished(checkout.path, busy);
  const git = await context.git();
  const [unmerged] = await git.unmergedFiles(checkout.path);
  if (unmerged !== undefined) throw unfinished(checkout.path, `conflict in ${unmerged}`);
  const paths = changes.map((change) => change.path);
  const [dirty, hidden] = await together(
    git.dirtyAmong(checkout.path, paths),
    git.hiddenFiles(checkout.path, paths),
  );
  const found = [
    ...dirty,
    // One that a sparse checkout left out is not in the way; one that is there may hold edits that git does not see.
    ...hidden.filter((path) => pathExists(join(checkout.path, path))),
    ...strangersAbove(checkout.path, changes),
  ];
  if (found.length === 0) return;
  const files = [...new Set(found)].sort();
  throw new Failure(
    "checkout_in_the_way",
    `Files in ${checkout.path} are in the way of the ${what}: ${files.join(", ")}`,
    {
      hint: `Commit them, stash them or move them away there: ${gitIn(checkout.path)} status --ignored`,
      details: { path: checkout.path, files },
    },
  );
}

function unfinished(path: string, what: string): Failure {
  return new Failure("unfinished_git_operation", `A git operation is under way in ${path} (${what})`, {
    hint: `Finish or abort it there: ${gitIn(path)} status`,
    details: { path, marker: what },
  });
}

/** Refuses while some worktree is rebasing the branch, with its HEAD detached: it would end by moving the branch. */
export async function requireNoRebase(context: Context, branch: string): Promise<void> {
  const git = await context.git();
  for (const { path, bare } of await git.listWorktrees()) {
    if (bare || (await git.head(path)) === undefined) continue;
    const gitDir = await git.gitDirOf(path);
    for (const name of ["rebase-merge/head-name", "rebase-apply/head-name"]) {
      const head = (await readTextIfThere(join(gitDir, name)))?.trimEnd();
      if (head === `refs/heads/${branch}`) throw unfinished(path, `rebase of ${branch}`);
    }
  }
}

/** Files that lie where a folder must be made, and whatever lies where a file is added. */
function strangersAbove(root: string, changes: readonly ChangedFile[]): string[] {
  const leaving = new Set(
    changes.filter((change) => change.status === "deleted").map((change) => change.path),
  );
  const strangers: string[] = [];
  for (const change of changes.filter((one) => one.status === "added")) {
    const above = foldersAbove(change.path).find((folder) => {
      const stats = lookAt(join(root, folder));
      return stats !== undefined && !stats.isDirectory();
    });
    if (above !== undefined) {
      if (!leaving.has(above)) strangers.push(above);
    } else if (pathExists(join(root, change.path)) && !isFolderThatEmpties(root, change.path, leaving)) {
      strangers.push(change.path);
    }
  }
  return strangers;
}

/** The folders above a path, the highest first: what lies below a symbolic link is somewhere else. */
function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.unshift(folder);
  return folders;
}

/** A folder becomes a file only when the change itself removes what is in it; git refuses the rest. */
function isFolderThatEmpties(root: string, path: string, leaving: ReadonlySet<string>): boolean {
  if (lookAt(join(root, path))?.isDirectory() !== true) return false;
  return [...leaving].some((gone) => gone.startsWith(`${path}/`));
}
