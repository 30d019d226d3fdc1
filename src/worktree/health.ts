import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { worktreePath } from "../model/paths.ts";
import { shellQuote } from "../model/shell-quote.ts";
import type { Task } from "../model/task.ts";
import { hasLanded } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { listOpenJournal, nameOfOperation } from "../store/journal.ts";
import { findTask } from "../store/tasks.ts";
import { lookAt, namesIn, pathExists } from "../system/files.ts";
import { freePath } from "../system/free-path.ts";
import { isOpenSomewhere } from "../system/open-files.ts";
import { isLeftBehind } from "../system/process-identity.ts";
import { findProcessesInside } from "../system/processes-inside.ts";
import type { WorktreeIssue } from "./issue.ts";
import { issueOfWorktree } from "./issue-of-worktree.ts";
import { isLeftover } from "./leftover.ts";
import { type ListedWorktree, surveyWorktrees } from "./survey.ts";

/** Milliseconds after which an index lock that no process has anything to do with is left over. */
const oldLock = 10 * 60_000;

/** Looks for everything about the project's worktrees that is not as it should be. */
export async function findWorktreeIssues(context: Context, loaded: LoadedConfig): Promise<WorktreeIssue[]> {
  const { worktrees: survey } = await surveyWorktrees(context, loaded);
  const { atWork, issues } = await interruptedOperations(context);
  for (const one of survey) {
    const task = await taskOf(context, one);
    // What is being made or removed right now is not whole, and need not be.
    if (task && atWork.has(task.id)) continue;
    const issue = await issueOfWorktree(context, one, task, survey);
    if (issue) issues.push(issue);
  }
  issues.push(...(await orphanFolders(context, survey, atWork)));
  issues.push(...(await loneBranches(context, loaded, survey, atWork)));
  issues.push(...(await oldLocks(context, survey)));
  return issues;
}

/** The task that a worktree was made for, or whose id its branch has. */
async function taskOf(context: Context, { task, branch }: ListedWorktree): Promise<Task | undefined> {
  const id = task ?? branch;
  return id === null ? undefined : findTask(await context.store(), id);
}

async function interruptedOperations(
  context: Context,
): Promise<{ readonly atWork: ReadonlySet<string>; readonly issues: WorktreeIssue[] }> {
  const atWork = new Set<string>();
  const issues: WorktreeIssue[] = [];
  for (const entry of await listOpenJournal(await context.store())) {
    const { task_id: task } = entry;
    if (!isLeftBehind(entry, context.host)) {
      if (task !== null) atWork.add(task);
      continue;
    }
    const message = `an interrupted ${nameOfOperation(entry)} (${entry.id}, ${entry.state})`;
    const command = "calm worktree health --fix";
    issues.push({ kind: "interrupted", task, path: null, message, command, repair: "finish_interrupted" });
  }
  return { atWork, issues };
}

/** Folders below .worktrees that are no worktree of git's. */
async function orphanFolders(
  context: Context,
  survey: readonly ListedWorktree[],
  atWork: ReadonlySet<string>,
): Promise<WorktreeIssue[]> {
  const { root } = await context.project();
  const folder = join(root, worktreePath(""));
  if (!pathExists(folder)) return [];
  const known = new Set(survey.map((one) => one.path));
  // What is being removed or brought back lies there for a moment under a name of its own.
  const isPassing = (name: string): boolean =>
    atWork.has(name) || (atWork.size > 0 && /^\.(trash|restore)-/.test(name));
  const names = (await namesIn(folder)).filter((name) => !isPassing(name) && !known.has(join(folder, name)));
  const issues: WorktreeIssue[] = [];
  for (const path of names.sort().map((name) => join(folder, name))) {
    if (await isLeftover(context, path)) {
      const message = `${path} is left over from an earlier command, and nothing in it is needed`;
      const command = "calm worktree health --fix";
      issues.push({ kind: "leftover_folder", task: null, path, message, command, repair: "delete_leftover" });
      continue;
    }
    const message = `${path} is no worktree: neither git nor the database knows it`;
    const command = `mv ${shellQuote(path)} ${shellQuote(freePath(`${root}-${basename(path)}`))}`;
    issues.push({ kind: "orphan_folder", task: null, path, message, command, repair: null });
  }
  return issues;
}

/** Branches of tasks that no worktree has checked out. */
async function loneBranches(
  context: Context,
  loaded: LoadedConfig,
  survey: readonly ListedWorktree[],
  atWork: ReadonlySet<string>,
): Promise<WorktreeIssue[]> {
  const git = await context.git();
  const store = await context.store();
  const taken = new Set(survey.flatMap((one) => [one.branch, one.task]));
  const issues: WorktreeIssue[] = [];
  for (const [branch, commit] of await git.branches()) {
    if (taken.has(branch) || atWork.has(branch) || branch === loaded.branch) continue;
    const task = await findTask(store, branch);
    if (task?.id !== branch) continue;
    const merged = await git.isAncestor(commit, loaded.tip);
    const message = `the branch ${branch} has no worktree${merged ? ", and is merged" : ""}`;
    const landed = hasLanded(task);
    issues.push({
      ...{ kind: "lone_branch", task: task.id, path: null, message },
      command: landed ? `calm worktree remove ${branch}` : `calm worktree create ${branch} --adopt`,
      repair: landed && merged ? "remove_merged" : null,
    });
  }
  return issues;
}

/** Index locks that a killed git left: old, open in no process, and no git at work there. */
async function oldLocks(context: Context, survey: readonly ListedWorktree[]): Promise<WorktreeIssue[]> {
  const git = await context.git();
  const { root, bare } = await context.project();
  const readable = survey.filter((one) => one.uncommitted !== null).map((one) => one.path);
  const issues: WorktreeIssue[] = [];
  for (const worktree of [...(bare ? [] : [root]), ...readable]) {
    const path = join(await git.gitDirOf(worktree), "index.lock");
    const time = lookAt(path)?.mtimeMs;
    if (time === undefined || Date.parse(context.now()) - time < oldLock) continue;
    // git closes the lock while a hook or an editor runs.
    const gits = (await findProcessesInside(worktree)).filter(({ name }) => name.startsWith("git"));
    if (gits.length > 0 || (await isOpenSomewhere(path))) continue;
    const message = `${path} locks the index of ${worktree}, and no git is at work there`;
    issues.push({
      kind: "old_lock",
      task: null,
      path,
      message,
      command: `rm ${shellQuote(path)}`,
      repair: null,
    });
  }
  return issues;
}
