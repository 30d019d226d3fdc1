import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { requireTaskId } from "../model/id.ts";
import { worktreePath } from "../model/paths.ts";
import type { Task } from "../model/task.ts";
import { hasLanded } from "../model/workflow.ts";
import { findWorktree } from "../store/worktrees.ts";
import { requirePlainPath } from "../system/files.ts";
import { findHolder } from "./holder.ts";

/** What making a worktree will do. */
export interface CreationPlan {
  readonly task: Task;
  readonly path: string;
  readonly branch: string;
  /** Commit that the branch starts from, or stands at when it is adopted. */
  readonly base: string;
  readonly adopt: "nothing" | "branch" | "worktree";
}

/** Decides how a task gets its worktree; refuses whatever holds its name already, unless that is to be adopted. */
export async function planCreation(
  context: Context,
  task: Task,
  start: { readonly branch: string; readonly tip: string; readonly commit: string },
  adopt: boolean,
): Promise<CreationPlan> {
  const project = await context.project();
  requireTaskId(task.id, start.branch);
  await requireOpenTask(context, task);
  const relative = worktreePath(task.id);
  requirePlainPath(project.root, relative);
  const path = join(project.root, relative);
  const held = await findHolder(context, task.id, path, start);
  if (!held) return { task, path, branch: task.id, base: start.commit, adopt: "nothing" };
  if (adopt && held.adoptable) {
    const { kind, commit, path: there } = held.adoptable;
    return { task, path: there, branch: task.id, base: commit, adopt: kind };
  }
  const otherwise = held.remedy.replace(/^F/, "f") || `clear it away: calm worktree remove ${task.id}`;
  const ways = held.adoptable
    ? `Take it over: calm worktree create ${task.id} --adopt, or ${otherwise}`
    : held.remedy;
  throw new Failure("branch_exists", held.message, { hint: ways, details: { task: task.id, path } });
}

async function requireOpenTask(context: Context, task: Task): Promise<void> {
  const existing = await findWorktree(await context.store(), task.id);
  if (existing) {
    throw new Failure("already_exists", `Task ${task.id} has a worktree already: ${existing.path}`, {
      hint: `Go there: cd "$(calm worktree path ${task.id})"`,
    });
  }
  if (hasLanded(task)) {
    throw new Failure("wrong_phase", `Task ${task.id} is in ${task.phase}: its code has landed`, {
      hint: "Report what is still wrong as a new bug: calm task create BUG --next <title>",
    });
  }
}
