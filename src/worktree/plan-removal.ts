import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { DirtyFile } from "../git/git.ts";
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
}

/** Looks at what removing a worktree would touch; refuses while a process has its directory inside. */
export async function planRemoval(
  context: Context,
  worktree: WorktreeRecord,
  tip: string,
): Promise<RemovalPlan> {
  await requireNobodyInside(context, worktree.path);
  const git = await context.git();
  const present = pathExists(worktree.path);
  const inside = present ? await git.head(worktree.path) : undefined;
  const branchCommit = await git.commitOf(`refs/heads/${worktree.branch}`);
  const head = inside?.commit ?? branchCommit;
  const heads = [...new Set([head, branchCommit])].filter((commit) => commit !== undefined);
  const unmerged: string[] = [];
  for (const commit of heads) unmerged.push(...(await git.commitsBetween(tip, commit, 10)));
  return {
    worktree,
    present,
    head,
    branchCommit,
    dirty: inside ? await uncommittedFiles(context, worktree) : [],
    unmerged: [...new Set(unmerged)],
  };
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
