import { realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Context, Project } from "../context.ts";
import { Failure } from "../failure.ts";
import { createGit } from "../git/create-git.ts";
import type { Git, ListedWorktree } from "../git/git.ts";
import type { OriginalRow } from "../store/original/original-row.ts";
import { asText } from "./read-row.ts";

/** A working tree of a repository that a path of the original's leads to. */
export interface FoundWorktree {
  readonly path: string;
  readonly branch: string;
  readonly base: string;
}

/** The working trees by the path that the original wrote down. */
export type WorktreeFacts = ReadonlyMap<string, FoundWorktree>;

/** Asks git which of the worktrees in these rows are there, and on which branch. */
export async function readWorktrees(
  context: Context,
  project: Project,
  tasks: readonly OriginalRow[],
): Promise<WorktreeFacts> {
  const facts = new Map<string, FoundWorktree>();
  const { commonDir, root, bare } = project;
  const git = createGit({ commonDir, root: bare ? undefined : root, env: context.env });
  const listed = new Map((await git.listWorktrees()).map((one) => [one.path, one]));
  for (const row of tasks) {
    const written = asText(row["worktree_path"] ?? null)?.trim() ?? "";
    const path = written === "" ? undefined : realPath(isAbsolute(written) ? written : join(root, written));
    const found = path === undefined || path === root ? undefined : listed.get(path);
    const worktree = found && (await look(git, found));
    if (worktree) facts.set(written, worktree);
  }
  return facts;
}

async function look(git: Git, { path, branch, head }: ListedWorktree): Promise<FoundWorktree | undefined> {
  if (branch === undefined || head === undefined) return undefined;
  return { path, branch: branch.replace("refs/heads/", ""), base: (await mergeBase(git, head)) ?? head };
}

async function mergeBase(git: Git, head: string): Promise<string | undefined> {
  try {
    const tip = await git.commitOf(`refs/heads/${await git.defaultBranch()}`);
    return tip && (await git.mergeBase(tip, head));
  } catch (error) {
    // Without a default branch that can be told there is nothing to compare with.
    if (error instanceof Failure && error.kind === "not_found") return undefined;
    throw error;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // not there, or not a path at all
  }
}
