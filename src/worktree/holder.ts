import type { Context } from "../context.ts";
import type { ListedWorktree } from "../git/git.ts";
import { worktreePath } from "../model/paths.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import { asideCommand } from "../project/aside-command.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { findWorktree } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { join } from "node:path";

/** What has a task's name already: a branch, a folder of branches, a worktree or a folder. */
export interface Holder {
  readonly message: string;
  /** What to do about it, if it is not taken over; "" = calm clears it away. */
  readonly remedy: string;
  readonly adoptable?: {
    readonly kind: "branch" | "worktree";
    readonly commit: string;
    readonly path: string;
  };
}

interface DefaultBranch {
  /** Short name. */
  readonly branch: string;
  readonly tip: string;
}

/** Finds what holds a task's name, or the place of its worktree. */
export async function findHolder(
  context: Context,
  id: string,
  path: string,
  main: DefaultBranch,
): Promise<Holder | undefined> {
  const git = await context.git();
  const [below] = (await git.refsBelow(`refs/heads/${id}/`)).keys();
  if (below !== undefined) {
    const name = below.replace("refs/heads/", "");
    const message = `The branch ${name} takes the name ${id} as a folder`;
    return { message, remedy: `Rename it: git branch -m ${shellQuote(name)} <another name>` };
  }
  const worktrees = await git.listWorktrees();
  const checkedOut = worktrees.find((one) => one.branch === `refs/heads/${id}`);
  if (checkedOut) return checkedOutHolder(context, id, path, checkedOut, main);
  const there = worktrees.find((one) => one.path === path);
  if (there) return registeredHolder(there);
  if (pathExists(path)) {
    return {
      message: `${path} exists already and is no worktree`,
      remedy: `Move it away: ${asideCommand(path)}`,
    };
  }
  return branchHolder(context, id, path, main);
}

async function checkedOutHolder(
  context: Context,
  id: string,
  path: string,
  listed: ListedWorktree,
  { branch }: DefaultBranch,
): Promise<Holder> {
  const { root } = await context.project();
  if (listed.head !== undefined && listed.path === path && pathExists(path)) {
    const message = `${path} is a worktree of branch ${id} that calm did not make`;
    return { message, remedy: "", adoptable: { kind: "worktree", commit: listed.head, path } };
  }
  const remedy =
    listed.path === root
      ? `${gitIn(root)} checkout ${shellQuote(branch)}`
      : `git worktree remove ${shellQuote(listed.path)}`;
  const held = { message: `The branch ${id} is checked out at ${listed.path}`, remedy: `Free it: ${remedy}` };
  const others = listed.path !== root && listed.head !== undefined && pathExists(listed.path);
  // Whoever made it there goes on having it; it is not moved to where calm makes its own.
  return others ? { ...held, adoptable: { kind: "worktree", commit: listed.head, path: listed.path } } : held;
}

/** What git knows at the place under another branch, there or gone. */
function registeredHolder({ path, branch }: ListedWorktree): Holder {
  const of = branch === undefined ? "with a detached HEAD" : `of branch ${branch.replace("refs/heads/", "")}`;
  const gone = pathExists(path) ? "" : ", though it is gone";
  const message = `git has a worktree ${of} at ${path}${gone}`;
  return { message, remedy: `Remove it: git worktree remove ${shellQuote(path)}` };
}

async function branchHolder(
  context: Context,
  id: string,
  path: string,
  { branch, tip }: DefaultBranch,
): Promise<Holder | undefined> {
  const git = await context.git();
  const branches = await git.branches();
  const twin = [...branches.keys()].find((name) => name.toLowerCase() === id.toLowerCase());
  const commit = twin === undefined ? undefined : branches.get(twin);
  if (twin === undefined || commit === undefined) return undefined;
  if (twin !== id) {
    const message = `The branch ${twin} differs from ${id} only in case`;
    return { message, remedy: `Rename it: git branch -m ${shellQuote(twin)} <another name>` };
  }
  const { ahead } = await git.aheadBehind(commit, tip);
  const holds = `commits that ${branch} does not have: ${ahead}`;
  const message = `A branch ${id} exists already, at ${commit.slice(0, 7)} (${holds})`;
  return { message, remedy: "", adoptable: { kind: "branch", commit, path } };
}

/** The worktree of a task; else the worktree or branch of its name that calm did not make, as if it had. */
export async function findRemovable(context: Context, task: string): Promise<WorktreeRecord | undefined> {
  const record = await findWorktree(await context.store(), task);
  if (record) return record;
  const git = await context.git();
  const path = join((await context.project()).root, worktreePath(task));
  const worktrees = await git.listWorktrees();
  const listed = worktrees.find((one) => one.path === path);
  // Elsewhere it is somebody's own, and its branch with it.
  if (!listed && worktrees.some(({ branch }) => branch === `refs/heads/${task}`)) return undefined;
  const head = listed?.head ?? (await git.commitOf(`refs/heads/${task}`));
  if (head === undefined) return undefined;
  const base = { base_sha: head, templates: {}, setup_key: null, created_at: context.now() };
  return { task_id: task, path, branch: task, ...base };
}
