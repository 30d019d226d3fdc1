import { basename, dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { moveFolder } from "../system/move-folder.ts";
import { includeFiles } from "./include-files.ts";
import { deleteLeftover } from "./leftover.ts";

/** Where a worktree is made before one rename puts it into its place. */
export interface Aside {
  /** Calm's own; nobody else looks there. */
  readonly folder: string;
  /** The place of the worktree. */
  readonly path: string;
}

/** What a worktree is made from. */
export interface Contents {
  /** The commit that HEAD is at. */
  readonly head: string;
  /** Full name of the branch that HEAD is on; undefined = detached. */
  readonly headBranch: string | undefined;
  /** A snapshot of the attic, or a plain commit. */
  readonly commit: string;
}

/** The folder aside for an operation, next to the place of the worktree. */
export function asideOf(operation: string, path: string): Aside {
  return { folder: join(dirname(path), `.restore-${operation}`), path };
}

/** Where the worktree is made; its name is the one that git's entry of it keeps. */
export function makingPlace({ folder, path }: Aside): string {
  return join(folder, basename(path));
}

/**
 * Makes files, index and what was under way in the folder aside. Ignored files were not kept: those that a new worktree
 * gets come along again, and which ones is given.
 */
export async function layOutAside(
  context: Context,
  aside: Aside,
  { head, headBranch, commit }: Contents,
): Promise<readonly string[]> {
  const git = await context.git();
  await git.exclude("/.worktrees/");
  const place = makingPlace(aside);
  await git.addBareWorktree(place, head, headBranch);
  await git.layOut(place, commit, join(aside.folder, "scratch"));
  return includeFiles(context, place);
}

/** Puts what was made aside into its place. */
export async function moveIntoPlace(aside: Aside): Promise<void> {
  await moveFolder(makingPlace(aside), aside.path);
}

/** Tells git where the worktree is now; may have been done before. */
export async function settleInPlace(context: Context, aside: Aside): Promise<void> {
  const git = await context.git();
  await git.relocateWorktree(makingPlace(aside), aside.path);
  await deleteLeftover(context, aside.folder);
}

/** Removes what was made aside, which is kept elsewhere. */
export async function dropAside(context: Context, aside: Aside): Promise<void> {
  const git = await context.git();
  await deleteLeftover(context, aside.folder);
  // git forgets only what is not there, and the folder may be one that cannot be deleted.
  const nowhere = `${aside.folder}.gone`;
  await git.relocateWorktree(makingPlace(aside), nowhere);
  await git.forgetWorktree(nowhere);
}
