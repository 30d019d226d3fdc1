import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { copyFileIfThere, pathExists, removeTree } from "../system/files.ts";

/** A worktree that was removed: where it was, and what it held. */
export interface GoneWorktree {
  readonly path: string;
  readonly branch: string;
  /** Where its branch was; absent when the branch is still there. */
  readonly commit?: string | undefined;
  /** The ref that keeps its uncommitted files; absent when it had none. */
  readonly kept?: string | undefined;
}

/**
 * Makes a removed worktree and its branch what they were; its uncommitted files come back unstaged. Each step may have
 * been done before. The caller holds the repository lock.
 */
export async function bringBack(context: Context, gone: GoneWorktree): Promise<void> {
  const { path, branch, commit } = gone;
  const git = await context.git();
  const ref = `refs/heads/${branch}`;
  if (commit !== undefined && !(await git.moveRef(ref, commit, undefined, "calm: undo"))) {
    const now = await git.commitOf(ref);
    if (now !== commit) throw taken(`The branch ${branch} is at ${now?.slice(0, 7) ?? "no commit"} now`);
  }
  const listed = (await git.listWorktrees()).find((one) => one.path === path);
  if (!listed) {
    if (pathExists(path)) throw taken(`${path} exists already`);
    await git.attachWorktree(path, branch);
  }
  if (gone.kept !== undefined) await writeKept(context, path, gone.kept);
}

function taken(message: string): Failure {
  return new Failure("branch_exists", message, { hint: "See: calm worktree health" });
}

/** Writes what a snapshot holds over its own HEAD, through an index that is thrown away. */
async function writeKept(context: Context, path: string, kept: string): Promise<void> {
  const git = await context.git();
  const [head, snapshot] = [(await git.head(path))?.commit, await git.commitOf(kept)];
  // Commits alone are kept as they are: the branch has them again.
  if (head === undefined || snapshot === undefined || head === snapshot) return;
  const gitDir = await git.gitDirOf(path);
  const index = join(gitDir, "calm-index-kept");
  await copyFileIfThere(join(gitDir, "index"), index);
  await git.advanceCheckout(path, { indexFile: index, from: head, to: snapshot });
  await removeTree(index);
}
