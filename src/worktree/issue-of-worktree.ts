import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import type { Git } from "../git/git.ts";
import { worktreePath } from "../model/paths.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import type { Task } from "../model/task.ts";
import { hasLanded } from "../model/workflow.ts";
import { asideCommand } from "../project/aside-command.ts";
import { lookAt, pathExists } from "../system/files.ts";
import type { WorktreeIssue } from "./issue.ts";
import type { ListedWorktree } from "./survey.ts";

/** Milliseconds without a commit after which a worktree counts as stale. */
const staleAfter = 7 * 24 * 3_600_000;

/** Problems with which git moves no worktree. */
const immovable = ["missing", "unreadable", "locked"];

/** What is not as it should be about one worktree of those that were found; the gravest thing only. */
export async function issueOfWorktree(
  context: Context,
  one: ListedWorktree,
  task: Task | undefined,
  found: readonly ListedWorktree[],
): Promise<WorktreeIssue | undefined> {
  const git = await context.git();
  if (isDisplaced(git, one)) return displaced(context, one, elsewhere(one, found));
  if (one.problems.includes("missing")) return missing(context, one);
  // Told with the folder that is in its place.
  if (found.some((other) => isDisplaced(git, other) && elsewhere(other, found) === one)) return undefined;
  if (one.task === null) return unknown(context, one, task);
  return damaged(context, one) ?? landed(one, task) ?? (await stale(context, one));
}

/** Whether something lies where the worktree of a task was that `git worktree repair` makes no worktree again. */
function isDisplaced(git: Git, { task, path, problems }: ListedWorktree): boolean {
  if (task === null) return false;
  if (problems.includes("missing")) return pathExists(path) && !git.isRepairable(path);
  return problems.includes("unreadable") && lookAt(path)?.isDirectory() === false;
}

/** Where a task's branch is checked out instead, if git would move that. */
function elsewhere({ task }: ListedWorktree, found: readonly ListedWorktree[]): ListedWorktree | undefined {
  return found.find(
    ({ task: owner, branch, problems }) =>
      owner === null && branch === task && !immovable.some((problem) => problems.includes(problem)),
  );
}

async function displaced(
  context: Context,
  { task, path }: ListedWorktree,
  worktree: ListedWorktree | undefined,
): Promise<WorktreeIssue> {
  const { root } = await context.project();
  const is = worktree ? `at ${worktree.path}` : "gone";
  const message = `the worktree of ${task ?? "?"} is ${is}, and what lies in its place is no worktree of this repository: ${path}`;
  const aside = asideCommand(path);
  const back = worktree
    ? ` && ${gitIn(root)} worktree move ${shellQuote(worktree.path)} ${shellQuote(path)}`
    : "";
  return { kind: "missing_folder", task, path, message, command: `${aside}${back}`, repair: null };
}

async function missing(context: Context, one: ListedWorktree): Promise<WorktreeIssue | undefined> {
  const { task, path } = one;
  const of = task === null ? "a worktree" : `the worktree of ${task}`;
  if (pathExists(path)) return unreadable(context, one, `git no longer knows ${of}, ${path}`);
  const issue = { kind: "missing_folder", task, path, message: `${of} is gone: ${path}` } as const;
  if (one.problems.includes("locked")) {
    // It may lie on a disk that is not mounted now.
    const command = `git worktree unlock ${shellQuote(path)}`;
    return task === null
      ? undefined
      : { ...issue, message: `${issue.message} (locked)`, command, repair: null };
  }
  if (task === null && !(await isInPlace(context, path))) {
    // Somebody's own: it may lie on a disk that is not mounted now, where git would no longer find it.
    const { root } = await context.project();
    return {
      ...issue,
      command: `${gitIn(root)} worktree remove ${shellQuote(path)}`,
      repair: null,
    };
  }
  return { ...issue, command: "calm worktree health --fix", repair: "forget_folder" };
}

/** Whether a path is one of those where calm makes worktrees. */
async function isInPlace(context: Context, path: string): Promise<boolean> {
  const { root } = await context.project();
  return dirname(path) === join(root, dirname(worktreePath("x")));
}

async function unreadable(
  context: Context,
  { task, path, problems }: ListedWorktree,
  message: string,
): Promise<WorktreeIssue> {
  const { root } = await context.project();
  // A `.git` that was rewritten is found by what git knows, a worktree that was moved by where it is now.
  const command = `${gitIn(root)} worktree repair${problems.includes("missing") ? ` ${shellQuote(path)}` : ""}`;
  return { kind: "unreadable", task, path, message, command, repair: null };
}

/** A worktree that calm did not make is a person's own, unless it takes a place of calm's or the branch of an open task. */
async function unknown(
  context: Context,
  { path, branch }: ListedWorktree,
  task: Task | undefined,
): Promise<WorktreeIssue | undefined> {
  const { root } = await context.project();
  const named = task !== undefined && task.id === branch;
  const adopts = named && !hasLanded(task);
  if (!adopts && !(await isInPlace(context, path))) return undefined;
  const message = `${path}, on ${branch ?? "no branch"}, is a worktree that the database does not know`;
  const command = adopts
    ? `calm worktree create ${task.id} --adopt`
    : `${gitIn(root)} worktree remove ${shellQuote(path)}`;
  return { kind: "unknown_worktree", task: named ? task.id : null, path, message, command, repair: null };
}

function damaged(context: Context, one: ListedWorktree): Promise<WorktreeIssue> | WorktreeIssue | undefined {
  const { task, path, branch, problems } = one;
  if (problems.includes("unreadable")) {
    return unreadable(
      context,
      one,
      `the worktree of ${task ?? "?"} no longer leads into this repository: ${path}`,
    );
  }
  if (!problems.includes("detached") && !problems.includes("other branch")) return undefined;
  const on = branch === null ? "on no branch" : `on ${branch}`;
  const message = `the worktree of ${task ?? "?"} is ${on} instead of its own branch`;
  const command = `${gitIn(path)} checkout ${task ?? ""}`;
  return { kind: "wrong_branch", task, path, message, command, repair: null };
}

function landed(
  { path, ahead, uncommitted }: ListedWorktree,
  task: Task | undefined,
): WorktreeIssue | undefined {
  if (!task || !hasLanded(task)) return undefined;
  const whole = ahead === 0 && uncommitted === 0;
  const rest = whole
    ? ""
    : `, with ${uncommitted ?? "?"} uncommitted files and ${ahead ?? "?"} unmerged commits`;
  const message = `${task.id} is ${task.phase} and still has its worktree${rest}: ${path}`;
  const command = `calm worktree remove ${task.id}${whole ? "" : " --force"}`;
  return {
    kind: "landed_task",
    task: task.id,
    path,
    message,
    command,
    repair: whole ? "remove_merged" : null,
  };
}

async function stale(context: Context, one: ListedWorktree): Promise<WorktreeIssue | undefined> {
  const { task, path, head, ahead, created_at: created } = one;
  const git = await context.git();
  const times = [created ?? "", head !== null && ahead !== 0 ? await git.committedAt(head) : ""];
  const newest = Math.max(...times.map((time) => Date.parse(time)).filter((time) => !Number.isNaN(time)));
  const age = Date.parse(context.now()) - newest;
  if (age < staleAfter) return undefined;
  const days = Math.floor(age / (24 * 3_600_000));
  const message = `the worktree of ${task ?? "?"} has had no commit for ${days} days: ${path}`;
  return { kind: "stale", task, path, message, command: `calm task show ${task ?? ""}`, repair: null };
}
