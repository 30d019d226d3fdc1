import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { failpoint } from "../system/failpoint.ts";
import { pathExists } from "../system/files.ts";
import {
  type Aside,
  asideOf,
  type Contents,
  dropAside,
  layOutAside,
  makingPlace,
  moveIntoPlace,
  settleInPlace,
} from "./lay-out-aside.ts";

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
 * Makes a removed worktree and its branch what they were, staged files staged. Each step may have been done before by
 * this operation. The caller holds the repository lock.
 */
export async function bringBack(context: Context, operation: string, gone: GoneWorktree): Promise<void> {
  const { path, branch, commit } = gone;
  const git = await context.git();
  const ref = `refs/heads/${branch}`;
  if (commit !== undefined && !(await git.moveRef(ref, commit, undefined, "calm: undo"))) {
    const now = await git.commitOf(ref);
    if (now !== commit) throw taken(`The branch ${branch} is at ${now?.slice(0, 7) ?? "no commit"} now`);
  }
  await layOutGone(context, asideOf(operation, path), gone);
}

/** Lays out aside what was there, a snapshot or the branch alone, so that nobody ever sees a half of it. */
async function layOutGone(context: Context, aside: Aside, gone: GoneWorktree): Promise<void> {
  const { path } = gone;
  if (!(await isListed(context, path)) && !pathExists(path)) {
    await dropAside(context, aside);
    try {
      await layOutAside(context, aside, await contentsOf(context, gone));
      failpoint("bring-back.laid-out");
      await moveIntoPlace(aside);
    } catch (error) {
      // Or the branch would stay checked out where nobody looks.
      await dropAside(context, aside);
      throw error;
    }
    failpoint("bring-back.moved");
  }
  if (!(await isOwn(context, aside))) {
    await dropAside(context, aside);
    throw taken(`${path} exists already`);
  }
  await settleInPlace(context, aside);
}

async function contentsOf(context: Context, { branch, kept }: GoneWorktree): Promise<Contents> {
  const git = await context.git();
  const own = `refs/heads/${branch}`;
  const tip = await git.commitOf(own);
  const commit = kept === undefined ? tip : await git.commitOf(kept);
  if (commit === undefined) throw taken(`${kept ?? own}, from which it would come, is gone`);
  const was = await git.readKept(commit);
  const head = was.head ?? tip ?? commit;
  const unborn = was.head === undefined && was.branch !== undefined;
  if (unborn && (await git.commitOf(was.branch)) === undefined)
    return { head, headBranch: was.branch, commit };
  const elsewhere = (await git.listWorktrees()).some((one) => one.branch === own);
  return { head, headBranch: tip === head && !elsewhere ? own : undefined, commit };
}

/** Whether something else than what an operation brings back is at its place, which no second try would change. */
export async function isTaken(context: Context, operation: string, path: string): Promise<boolean> {
  return pathExists(path) && !(await isOwn(context, asideOf(operation, path)));
}

/** Moved into place, a worktree is listed where it was made until git has been told. */
async function isOwn(context: Context, aside: Aside): Promise<boolean> {
  const making = makingPlace(aside);
  // What still lies aside has not reached the place, which somebody has taken since it was laid out.
  if (pathExists(making)) return false;
  return (await isListed(context, aside.path)) || (await isListed(context, making));
}

async function isListed(context: Context, path: string): Promise<boolean> {
  return (await (await context.git()).listWorktrees()).some((one) => one.path === path);
}

function taken(message: string): Failure {
  return new Failure("branch_exists", message, { hint: "See: calm worktree health" });
}
