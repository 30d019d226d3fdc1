import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { DirtyFile, ListedWorktree } from "../git/git.ts";
import { findUnfinished } from "../git/unfinished.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import { asideCommand } from "../project/aside-command.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { uncommittedFiles } from "./uncommitted.ts";

/** What a worktree holds that may be nowhere else. */
export interface Found {
  readonly worktree: WorktreeRecord;
  readonly present: boolean;
  /** Commit of the worktree's HEAD; of its branch when the folder is gone; undefined when both are. */
  readonly head: string | undefined;
  readonly branchCommit: string | undefined;
  readonly dirty: readonly DirtyFile[];
  /** Git's mark of a merge, rebase or the like under way. */
  readonly unfinished: string | undefined;
  /** Commits that the default branch does not have, newest first, at most ten of each head. */
  readonly unmerged: readonly string[];
}

/**
 * Looks at what a worktree holds; refuses one that git cannot look into, and one with repositories inside. `all` are
 * git's worktrees; `tip` is the commit against which work counts as merged.
 */
export async function lookInside(
  context: Context,
  worktree: WorktreeRecord,
  all: readonly ListedWorktree[],
  tip: string,
): Promise<Found> {
  const git = await context.git();
  const { path, branch } = worktree;
  const present = pathExists(path);
  const inside = present ? await git.head(path) : undefined;
  if (present && !inside) throw await unreadable(context, worktree);
  const branchCommit = await git.commitOf(`refs/heads/${branch}`);
  // Of a folder that is gone git still knows the HEAD, which may have been on no branch.
  const listed = present ? undefined : all.find((one) => one.path === path)?.head;
  const head = inside?.commit ?? listed ?? branchCommit;
  const dirty = inside ? await uncommittedFiles(context, worktree) : [];
  if (inside) await requireNoRepositoryInside(context, worktree, dirty);
  const unmerged: string[] = [];
  for (const commit of [...new Set([head, branchCommit])]) {
    if (commit !== undefined) unmerged.push(...(await git.commitsBetween(tip, commit, 10)));
  }
  return {
    ...{ worktree, present, head, branchCommit, dirty, unmerged: [...new Set(unmerged)] },
    unfinished: inside ? findUnfinished(await git.gitDirOf(path)) : undefined,
  };
}

/** What lies in such a folder could not be kept, so not even --force removes it. */
async function unreadable(context: Context, { task_id: task, path }: WorktreeRecord): Promise<Failure> {
  const { root } = await context.project();
  const message = `${path}, the worktree of ${task}, no longer leads into this repository, so its files could not be kept`;
  return new Failure("worktree_unreadable", message, {
    hint: `Repair it: ${gitIn(root)} worktree repair, or move it away: ${asideCommand(path)}`,
    details: { task, path },
  });
}

/** Refuses a worktree that could not be looked into once it has moved: git finds submodules only where they were made. */
export async function requireMovable(context: Context, worktree: WorktreeRecord): Promise<void> {
  if (!(await (await context.git()).head(worktree.path))) throw await unreadable(context, worktree);
  await requireNoSubmodules(context, worktree);
}

async function requireNoSubmodules(context: Context, { task_id: task, path }: WorktreeRecord): Promise<void> {
  const git = await context.git();
  if (!pathExists(join(await git.gitDirOf(path), "modules"))) return;
  throw new Failure("dirty_worktree", `The worktree of ${task} holds submodules, which could not be kept`, {
    hint: `Push what is only in them; then: git worktree remove --force ${shellQuote(path)} && calm worktree remove ${task}`,
    details: { path },
  });
}

/** Refuses a worktree with repositories of their own inside: only their present commits could be kept. */
async function requireNoRepositoryInside(
  context: Context,
  worktree: WorktreeRecord,
  dirty: readonly DirtyFile[],
): Promise<void> {
  await requireNoSubmodules(context, worktree);
  const { task_id: task, path } = worktree;
  const git = await context.git();
  const untracked = dirty.filter((file) => file.path.endsWith("/")).map((file) => file.path);
  const nested = [...untracked, ...(await git.embeddedRepositories(path))];
  const [first] = nested;
  if (first === undefined) return;
  const message = `The worktree of ${task} holds git repositories of its own, which could not be kept: ${nested.join(", ")}`;
  throw new Failure("dirty_worktree", message, {
    hint: `Move them out: mv ${shellQuote(join(path, first))} <elsewhere>`,
    details: { repositories: nested },
  });
}
