import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { isPlanning, proposalPath, specPath } from "../model/paths.ts";
import type { ReviewType } from "../model/review.ts";
import { gitIn } from "../model/shell-quote.ts";
import type { Task } from "../model/task.ts";
import { findTask } from "../store/tasks.ts";
import { findWorktree, type WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { recallObjects } from "./commit-memory.ts";
import type { LoadedConfig } from "./load-config.ts";
import { asideCommand } from "./aside-command.ts";

/** Where a task's work stands in the repository: its worktree's HEAD, or the tip of the default branch. */
export interface Location {
  readonly worktree: WorktreeRecord | undefined;
  /** Commit that documents and code are read from. */
  readonly commit: string;
  readonly tree: string;
  /** Merge base with the default branch. */
  readonly base: string;
}

/** Finds where a task's work stands. */
export async function locateTask(context: Context, task: Task, loaded: LoadedConfig): Promise<Location> {
  const git = await context.git();
  const worktree = await findWorktree(await context.store(), task.id);
  if (!worktree) {
    await recallObjects(context, loaded.tip);
    return { worktree, commit: loaded.tip, tree: await git.treeOf(loaded.tip), base: loaded.tip };
  }
  const head = await git.head(worktree.path);
  if (head?.commit === undefined) {
    throw await cannotLook(context, worktree);
  }
  if (head.branch !== `refs/heads/${worktree.branch}`) {
    throw new Failure("branch_moved", `The worktree of ${task.id} is not on its branch ${worktree.branch}`, {
      hint: `Check it out again: ${gitIn(worktree.path)} checkout ${worktree.branch}`,
    });
  }
  await recallObjects(context, head.commit);
  const [tree, base] = await Promise.all([git.treeOf(head.commit), git.mergeBase(loaded.tip, head.commit)]);
  return { worktree, commit: head.commit, tree, base: base ?? loaded.tip };
}

/** Why a worktree has no HEAD that could be read: its folder is gone, or no longer leads into the repository. */
async function cannotLook(context: Context, { task_id: task, path }: WorktreeRecord): Promise<Failure> {
  if (!pathExists(path)) {
    return new Failure("worktree_not_found", `The worktree of ${task} is gone: ${path}`, {
      hint: "Clear it away: calm worktree health --fix",
    });
  }
  const { root } = await context.project();
  return new Failure("worktree_unreadable", `The worktree of ${task} no longer leads into this repository`, {
    hint: `Repair it: ${gitIn(root)} worktree repair, or move it away: ${asideCommand(path)}`,
    details: { task, path },
  });
}

/** A document of a task, or of the parent that stands in for it. */
export interface TaskDocument {
  readonly owner: string;
  readonly path: string;
  readonly commit: string;
  /** undefined = not committed anywhere. */
  readonly blob: string | undefined;
}

/** Finds a planning document: the task's own, else its parent's. */
export async function findDocument(
  context: Context,
  task: Task,
  pathOf: (task: string) => string,
  location: Location,
  loaded: LoadedConfig,
): Promise<TaskDocument> {
  const git = await context.git();
  const path = pathOf(task.id);
  const own = {
    owner: task.id,
    path,
    commit: location.commit,
    blob: await git.blobOf(location.commit, path),
  };
  if (own.blob !== undefined || task.spec_id === null) return own;
  const parent = await findTask(await context.store(), task.spec_id);
  if (!parent || parent.id === task.id) return own;
  const there = await locateTask(context, parent, loaded);
  const parentPath = pathOf(parent.id);
  const blob = await git.blobOf(there.commit, parentPath);
  return blob === undefined ? own : { owner: parent.id, path: parentPath, commit: there.commit, blob };
}

/** What a review is bound to: the owner of the content and the content's hash; undefined = there is none yet. */
export interface ReviewContent {
  readonly owner: string;
  readonly content: string | undefined;
  readonly commit: string;
}

/** The content that a review of this type would be of now. */
export async function reviewContent(
  context: Context,
  task: Task,
  type: ReviewType,
  location: Location,
  loaded: LoadedConfig,
): Promise<ReviewContent> {
  if (type === "spec" || type === "proposal") {
    const pathOf = type === "spec" ? specPath : proposalPath;
    const document = await findDocument(context, task, pathOf, location, loaded);
    return { owner: document.owner, content: document.blob, commit: document.commit };
  }
  const content = await codeContent(context, location.base, location.commit);
  return { owner: task.id, content, commit: location.commit };
}

/** Hash of what a branch changes in code; planning, bug-report and changelog paths do not count. */
export async function codeContent(context: Context, base: string, head: string): Promise<string | undefined> {
  const { createHash } = await import("node:crypto");
  const git = await context.git();
  const changes = (await git.changedFiles(base, head)).filter((change) => !isPlanning(change.path));
  if (changes.length === 0) return undefined;
  const hash = createHash("sha256");
  for (const { path, oldMode, newMode, oldBlob, newBlob } of changes) {
    hash.update(`${oldMode} ${newMode} ${oldBlob} ${newBlob} ${path}\0`);
  }
  return hash.digest("hex");
}
