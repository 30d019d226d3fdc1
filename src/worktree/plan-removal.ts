import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { DirtyFile, ListedWorktree } from "../git/git.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { findProcessesInside } from "../system/processes-inside.ts";
import { listFiles, uncommittedFiles } from "./uncommitted.ts";

/** What removing a worktree would touch. */
export interface RemovalPlan {
  readonly worktree: WorktreeRecord;
  readonly present: boolean;
  /** Commit of the worktree's HEAD; of its branch when the folder is gone; undefined when both are. */
  readonly head: string | undefined;
  readonly branchCommit: string | undefined;
  readonly dirty: readonly DirtyFile[];
  /** Commits that the default branch does not have, newest first, at most ten. */
  readonly unmerged: readonly string[];
  /** Another working tree that has the branch checked out, for which it must stay. */
  readonly elsewhere: string | undefined;
}

/** Looks at what removing a worktree would touch; refuses one in use, and one that git cannot look into. */
export async function planRemoval(
  context: Context,
  worktree: WorktreeRecord,
  tip: string,
): Promise<RemovalPlan> {
  await requireNobodyInside(context, worktree.path);
  const git = await context.git();
  const all = await git.listWorktrees();
  requireNotLocked(all, worktree);
  const present = pathExists(worktree.path);
  const inside = present ? await git.head(worktree.path) : undefined;
  if (present && !inside) throw await unreadable(context, worktree);
  const branchCommit = await git.commitOf(`refs/heads/${worktree.branch}`);
  const head = inside?.commit ?? branchCommit;
  const heads = [...new Set([head, branchCommit])].filter((commit) => commit !== undefined);
  const dirty = inside ? await uncommittedFiles(context, worktree) : [];
  if (inside) await requireNoRepositoryInside(context, worktree, dirty);
  const unmerged: string[] = [];
  for (const commit of heads) unmerged.push(...(await git.commitsBetween(tip, commit, 10)));
  return {
    worktree,
    present,
    head,
    branchCommit,
    dirty,
    unmerged: [...new Set(unmerged)],
    elsewhere: all.find((one) => one.branch === `refs/heads/${worktree.branch}` && one.path !== worktree.path)
      ?.path,
  };
}

/** What lies in such a folder could not be kept, so not even --force removes it. */
async function unreadable(context: Context, { task_id: task, path }: WorktreeRecord): Promise<Failure> {
  const { root } = await context.project();
  const message = `${path}, the worktree of ${task}, no longer leads into this repository, so its files could not be kept`;
  return new Failure("worktree_unreadable", message, {
    hint: `Repair it: git -C ${root} worktree repair, or move it away: mv ${path} ${path}.old`,
    details: { task, path },
  });
}

function requireNotLocked(all: readonly ListedWorktree[], { task_id: task, path }: WorktreeRecord): void {
  const locked = all.find((one) => one.path === path)?.locked;
  if (locked === undefined) return;
  const reason = locked === "" ? "" : `: ${locked}`;
  throw new Failure("directory_in_use", `The worktree of ${task} is locked${reason}`, {
    hint: `If nobody needs it there any more: git worktree unlock ${path}`,
    details: { path, reason: locked },
  });
}

/** Refuses a worktree with repositories of their own inside: only their present commits could be kept. */
async function requireNoRepositoryInside(
  context: Context,
  { task_id: task, path }: WorktreeRecord,
  dirty: readonly DirtyFile[],
): Promise<void> {
  const git = await context.git();
  const nested = dirty.filter((file) => file.path.endsWith("/")).map((file) => file.path);
  const [first] = nested;
  if (first !== undefined) {
    const message = `The worktree of ${task} holds git repositories of its own, which could not be kept: ${nested.join(", ")}`;
    const hint = `Move them out: mv ${join(path, first)} <elsewhere>`;
    throw new Failure("dirty_worktree", message, { hint, details: { repositories: nested } });
  }
  if (!pathExists(join(await git.gitDirOf(path), "modules"))) return;
  throw new Failure("dirty_worktree", `The worktree of ${task} holds submodules, which could not be kept`, {
    hint: `Push what is only in them; then: git worktree remove --force ${path} && calm worktree remove ${task}`,
    details: { path },
  });
}

/** Refuses a plan that would take away what nothing else has. */
export function requireNothingToLose(plan: RemovalPlan): void {
  const { worktree } = plan;
  const hint = `Land it: calm worktree merge ${worktree.task_id}, or keep it aside: calm worktree remove ${worktree.task_id} --force`;
  if (plan.dirty.length > 0) {
    const message = `The worktree of ${worktree.task_id} has uncommitted changes: ${listFiles(plan.dirty)}`;
    throw new Failure("dirty_worktree", message, { hint, details: { files: plan.dirty } });
  }
  if (plan.unmerged.length > 0) {
    const message = `The branch ${worktree.branch} has commits that were not merged: ${plan.unmerged.join("; ")}`;
    throw new Failure("unmerged_work", message, { hint, details: { commits: plan.unmerged } });
  }
}

/** Refuses while a shell, or any process, has its directory inside a folder. */
export async function requireNobodyInside(context: Context, folder: string): Promise<void> {
  const project = await context.project();
  if (context.cwd === folder || context.cwd.startsWith(`${folder}/`)) {
    throw new Failure(
      "directory_in_use",
      `Cannot proceed: your shell is inside the worktree (${context.cwd}).`,
      {
        hint: `Run:\n  cd ${project.root}\nthen retry.`,
        details: { directory: context.cwd },
      },
    );
  }
  const [process] = await findProcessesInside(folder);
  if (!process) return;
  throw new Failure(
    "directory_in_use",
    `Process ${process.pid} (${process.name}) has its directory inside the worktree: ${process.directory}`,
    { hint: `Let it leave or end, then retry. Look at it: ps -fp ${process.pid}`, details: { ...process } },
  );
}
