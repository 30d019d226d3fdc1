import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { worktreePath } from "../model/paths.ts";
import type { Task } from "../model/task.ts";
import { hasLanded } from "../model/workflow.ts";
import { type LoadedConfig, loadConfig } from "../project/load-config.ts";
import { findWorktree } from "../store/worktrees.ts";
import { requirePlainPath } from "../system/files.ts";
import type { AtticEntry } from "./attic.ts";
import { findHolder } from "./holder.ts";

/** What bringing an entry of the attic back will do. */
export interface RestorationPlan {
  readonly task: Task;
  readonly entry: AtticEntry;
  readonly path: string;
  /** Short name of the branch that comes back, and its commit; undefined when it had none. */
  readonly branch: string;
  readonly branchCommit: string | undefined;
  /** Full name of the branch that HEAD is on again; undefined = detached. */
  readonly headBranch: string | undefined;
  /** The commit that HEAD is at; of an unborn branch the tip of the default branch stands in for it. */
  readonly head: string;
  /** The commit at which the work left the default branch. */
  readonly base: string;
}

/** Decides how an entry comes back as worktree and branch; refuses while anything has the task's name. */
export async function planRestoration(
  context: Context,
  task: Task,
  entry: AtticEntry,
): Promise<RestorationPlan> {
  const { root } = await context.project();
  const loaded = await loadConfig(context);
  const relative = worktreePath(task.id);
  requirePlainPath(root, relative);
  const path = join(root, relative);
  await requireFreePlace(context, entry, path, loaded);
  if (hasLanded(task)) {
    const way = "calm task create BUG --next <title>";
    context.warn(
      `${task.id} is ${task.phase}: what comes back can be looked at; work goes on in a new bug: ${way}`,
    );
  }
  const git = await context.git();
  const kept = await git.readKept(entry.commit);
  const head = kept.head ?? loaded.tip;
  return {
    ...{ task, entry, path, branch: entry.branch, head },
    branchCommit: entry.branch_commit ?? kept.head,
    headBranch: await headBranchOf(context, entry, kept),
    base: (await git.mergeBase(head, loaded.tip)) ?? head,
  };
}

async function requireFreePlace(
  context: Context,
  { task: id, entry }: AtticEntry,
  path: string,
  loaded: LoadedConfig,
): Promise<void> {
  const again = `calm worktree restore ${id} --entry ${entry}`;
  const existing = await findWorktree(await context.store(), id);
  if (existing) {
    throw new Failure("already_exists", `Task ${id} has a worktree: ${existing.path}`, {
      hint: `Keep what it holds aside as well: calm worktree remove ${id} --force --yes && ${again}`,
      details: { task: id, path: existing.path },
    });
  }
  const held = await findHolder(context, id, path, loaded);
  if (!held) return;
  const clear = `keep it aside as well: calm worktree remove ${id} --force --yes`;
  const ways =
    held.adoptable === undefined || held.remedy !== ""
      ? held.remedy
      : held.adoptable.kind === "branch"
        ? `Rename it: git branch -m ${id} ${id}-other, or ${clear}`
        : `Move it: git worktree move ${path} <elsewhere>, or ${clear}`;
  throw new Failure("branch_exists", held.message, {
    hint: `${ways}; then: ${again}`,
    details: { task: id, path },
  });
}

/** The branch that HEAD is to be on again; one that has moved since, or is checked out elsewhere, it cannot be. */
async function headBranchOf(
  context: Context,
  entry: AtticEntry,
  kept: {
    readonly head: string | undefined;
    readonly state: string | undefined;
    readonly branch: string | undefined;
  },
): Promise<string | undefined> {
  const own = `refs/heads/${entry.branch}`;
  if (kept.state === undefined) return entry.branch_commit === null ? own : undefined;
  if (kept.branch === undefined || kept.branch === own) return kept.branch;
  const git = await context.git();
  const taken = (await git.listWorktrees()).some((one) => one.branch === kept.branch);
  if (!taken && (await git.commitOf(kept.branch)) === kept.head) return kept.branch;
  if (kept.head === undefined) return own;
  const name = kept.branch.replace("refs/heads/", "");
  context.warn(`HEAD was on ${name}, which has moved or is checked out elsewhere; it comes back detached`);
  return undefined;
}
