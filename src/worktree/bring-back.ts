import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { pathExists } from "../system/files.ts";
import {
  asideOf,
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
  const kept = gone.kept === undefined ? undefined : await git.commitOf(gone.kept);
  if (kept !== undefined) return bringBackKept(context, operation, gone, kept);
  if (await isListed(context, path)) return;
  if (pathExists(path)) throw taken(`${path} exists already`);
  await git.attachWorktree(path, branch);
}

/** Lays a snapshot out aside, so that nobody ever sees a half of it. */
async function bringBackKept(
  context: Context,
  operation: string,
  { path, branch }: GoneWorktree,
  commit: string,
): Promise<void> {
  const git = await context.git();
  const aside = asideOf(operation, path);
  if (!(await isListed(context, path)) && !pathExists(path)) {
    await dropAside(context, aside);
    const tip = await git.commitOf(`refs/heads/${branch}`);
    const head = (await git.readKept(commit)).head ?? tip ?? commit;
    const headBranch = tip === head ? `refs/heads/${branch}` : undefined;
    await layOutAside(context, aside, { head, headBranch, commit });
    await moveIntoPlace(aside);
  }
  const isOwn = (await isListed(context, path)) || (await isListed(context, makingPlace(aside)));
  if (!isOwn) throw taken(`${path} exists already`);
  await settleInPlace(context, aside);
}

async function isListed(context: Context, path: string): Promise<boolean> {
  return (await (await context.git()).listWorktrees()).some((one) => one.path === path);
}

function taken(message: string): Failure {
  return new Failure("branch_exists", message, { hint: "See: calm worktree health" });
}
