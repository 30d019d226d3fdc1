import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { lookAt } from "../system/files.ts";
import { readText, realPath } from "./local-files.ts";
import { commonDirOf, gitDirAt } from "./location.ts";

interface Known {
  readonly commonDir: string;
  readonly root: string | undefined;
}

/**
 * The git directory of a working tree, proven from both sides: the tree's `.git` leads into this repository, and what
 * it leads to names the tree. A rewritten `.git` file can so not make git read another configuration.
 */
export function worktreeGitDir(known: Known, worktree: string): string {
  const gitDir = findWorktreeGitDir(known, worktree);
  if (gitDir !== undefined) return gitDir;
  throw new Failure("git_failed", `${worktree} is no working tree of ${known.commonDir}`, {
    hint: `Repair it: git --git-dir=${known.commonDir} worktree repair`,
    details: { worktree, common_dir: known.commonDir },
  });
}

/** The same; undefined when the directory is no working tree of the repository. */
export function findWorktreeGitDir({ commonDir, root }: Known, worktree: string): string | undefined {
  const place = realPath(worktree);
  const gitDir = place === undefined ? undefined : gitDirOrNone(join(place, ".git"));
  if (place === undefined || gitDir === undefined) return undefined;
  if (gitDir === commonDir) return isMain(place, commonDir, root) ? gitDir : undefined;
  return isEntry(gitDir, commonDir) && worktreeOf(gitDir) === place ? gitDir : undefined;
}

/** Whether git can be told that a folder is a working tree: its `.git` leads to an entry, of whatever place that tells. */
export function isRepairable({ commonDir }: Known, folder: string): boolean {
  if (lookAt(folder)?.isDirectory() !== true) return false;
  const gitDir = gitDirOrNone(join(folder, ".git"));
  return gitDir !== undefined && isEntry(gitDir, commonDir);
}

function isEntry(gitDir: string, commonDir: string): boolean {
  return dirname(gitDir) === join(commonDir, "worktrees") && commonDirOf(gitDir) === commonDir;
}

/** The working tree that an entry below `worktrees/` belongs to; undefined when its folder is gone. */
function worktreeOf(gitDir: string): string | undefined {
  const text = readText(join(gitDir, "gitdir"))?.trimEnd();
  return text === undefined ? undefined : realPath(dirname(resolve(gitDir, text)));
}

function isMain(place: string, commonDir: string, root: string | undefined): boolean {
  if (basename(commonDir) === ".git") return place === dirname(commonDir);
  return root === undefined || place === root;
}

function gitDirOrNone(dotGit: string): string | undefined {
  try {
    return gitDirAt(dotGit);
  } catch (error) {
    if (error instanceof Failure) return undefined; // it leads nowhere, so not here either
    throw error;
  }
}
