import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ListedWorktree } from "../git/git.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { findUsers } from "../system/folder-users.ts";
import { pathExists } from "../system/files.ts";
import { type Found, lookInside, requireMovable } from "./look-inside.ts";
import { listFiles } from "./uncommitted.ts";
import { shellQuote } from "../model/shell-quote.ts";

/** What removing a worktree would touch. */
export interface RemovalPlan extends Found {
  /** The commit against which work counts as merged. */
  readonly tip: string;
  /** Another working tree that has the branch checked out, for which it must stay. */
  readonly elsewhere: string | undefined;
  /** The branch stays, because it was there before calm. */
  readonly keepBranch?: boolean;
  /** Once it is out of the way it is brought back if it then turns out that something would be lost. */
  readonly onlyClean?: boolean;
}

/** Looks at what removing a worktree would touch; refuses one in use, and one that git cannot look into. */
export async function planRemoval(
  context: Context,
  worktree: WorktreeRecord,
  tip: string,
): Promise<RemovalPlan> {
  const { all, elsewhere } = await lookAround(context, worktree);
  const found = await lookInside(context, worktree, all, tip);
  return { ...found, tip, elsewhere };
}

/** The same, of one that has been looked into just now, and that nothing is lost with: what it holds is asked in the end. */
export async function planCleanRemoval(
  context: Context,
  worktree: WorktreeRecord,
  tip: string,
): Promise<RemovalPlan> {
  // Of one that is gone git has to tell what it held.
  if (!pathExists(worktree.path)) return planRemoval(context, worktree, tip);
  const { elsewhere } = await lookAround(context, worktree);
  await requireMovable(context, worktree);
  const unknown = {
    head: undefined,
    branchCommit: undefined,
    dirty: [],
    unmerged: [],
    unfinished: undefined,
  };
  return { worktree, present: true, ...unknown, tip, elsewhere, onlyClean: true };
}

/** Who uses a worktree, and where else its branch is. */
async function lookAround(
  context: Context,
  worktree: WorktreeRecord,
): Promise<{ readonly all: readonly ListedWorktree[]; readonly elsewhere: string | undefined }> {
  await requireNobodyInside(context, worktree.path);
  const all = await (await context.git()).listWorktrees();
  requireNotLocked(all, worktree);
  const full = `refs/heads/${worktree.branch}`;
  const elsewhere = all.find((one) => one.branch === full && one.path !== worktree.path)?.path;
  return { all, elsewhere };
}

function requireNotLocked(all: readonly ListedWorktree[], { task_id: task, path }: WorktreeRecord): void {
  const locked = all.find((one) => one.path === path)?.locked;
  if (locked === undefined) return;
  const reason = locked === "" ? "" : `: ${locked}`;
  throw new Failure("directory_in_use", `The worktree of ${task} is locked${reason}`, {
    hint: `If nobody needs it there any more: git worktree unlock ${shellQuote(path)}`,
    details: { path, reason: locked },
  });
}

/** Refuses a plan that would take away what nothing else has. */
export function requireNothingToLose(plan: Found): void {
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

/** Refuses while a shell, or any process, has its directory inside a folder, or a file of it open. */
export async function requireNobodyInside(context: Context, folder: string): Promise<void> {
  const project = await context.project();
  if (context.cwd === folder || context.cwd.startsWith(`${folder}/`)) {
    throw new Failure(
      "directory_in_use",
      `Cannot proceed: your shell is inside the worktree (${context.cwd}).`,
      {
        hint: `Run:\n  cd ${shellQuote(project.root)}\nthen retry.`,
        details: { directory: context.cwd },
      },
    );
  }
  // A git that was started just before this is at work meanwhile.
  await new Promise<void>((resolve) => setImmediate(resolve));
  const users = findUsers(folder);
  const [first] = users;
  if (!first) return;
  const does =
    first.use === "directory" ? "has its directory inside the worktree" : "has a file of the worktree open";
  const more = users.length > 1 ? ` (and ${users.length - 1} more)` : "";
  throw new Failure(
    "directory_in_use",
    `Process ${first.pid} (${first.name}) ${does}: ${first.path}${more}`,
    {
      hint: `Let it leave or end, then retry. Look at it: ps -fp ${users.map(({ pid }) => pid).join(",")}`,
      details: { processes: users },
    },
  );
}
