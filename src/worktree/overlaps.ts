import type { Context } from "../context.ts";
import { bugReportPath, proposalPath, specPath } from "../model/paths.ts";
import type { Task } from "../model/task.ts";
import { hasLanded } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { findDocument, locateTask } from "../project/location.ts";
import { getTask } from "../store/tasks.ts";
import { listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";
import { uncommittedFiles } from "./uncommitted.ts";

/** Another task at work on files that a task will touch. */
export interface Overlap {
  readonly task: string;
  readonly files: readonly string[];
}

/** What a task says it will change: files and folders, and the documents that may name some. */
interface Intention {
  readonly touches: readonly string[];
  readonly documents: readonly string[];
}

/** Who changes, in a worktree of their own, what a task says it will touch; undefined = the task does not say. */
export async function findOverlaps(
  context: Context,
  task: Task,
  loaded: LoadedConfig,
): Promise<Overlap[] | undefined> {
  const intention = await intentionOf(context, task, loaded);
  if (intention.touches.length === 0 && intention.documents.length === 0) return undefined;
  const store = await context.store();
  const overlaps: Overlap[] = [];
  for (const record of await listWorktreeRecords(store)) {
    if (record.task_id === task.id || hasLanded(await getTask(store, record.task_id))) continue;
    const changed = await changedIn(context, record, loaded);
    const files = changed.filter((file) => isIntended(intention, file));
    if (files.length > 0) overlaps.push({ task: record.task_id, files });
  }
  return overlaps;
}

async function intentionOf(context: Context, task: Task, loaded: LoadedConfig): Promise<Intention> {
  const git = await context.git();
  const location = await locateTask(context, task, loaded);
  const documents: string[] = [];
  for (const pathOf of [specPath, proposalPath, bugReportPath]) {
    const { commit, path } = await findDocument(context, task, pathOf, location, loaded);
    const text = await git.readFile(commit, path);
    if (text !== undefined) documents.push(text);
  }
  return { touches: task.touches, documents };
}

/** What a worktree has changed since it left the default branch: committed, staged, unstaged and new files. */
async function changedIn(context: Context, record: WorktreeRecord, { tip }: LoadedConfig): Promise<string[]> {
  const git = await context.git();
  const head = (await git.head(record.path))?.commit;
  if (head === undefined) return [];
  const base = (await git.mergeBase(tip, head)) ?? tip;
  const [committed, dirty] = await Promise.all([
    git.changedFiles(base, head),
    uncommittedFiles(context, record),
  ]);
  return [...new Set([...committed, ...dirty].map((file) => file.path))].sort();
}

function isIntended({ touches, documents }: Intention, file: string): boolean {
  const named = touches.map((touch) => touch.replace(/^\.\//, "").replace(/\/+$/, ""));
  return (
    named.some((touch) => touch === "." || file === touch || file.startsWith(`${touch}/`)) ||
    documents.some((text) => mentions(text, file))
  );
}

/** Whether a text names exactly this path, and not a longer one that holds it. */
function mentions(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + path.length)];
    if (
      !/[\w./-]$/.test(before.endsWith("./") ? before.slice(0, -2) : before) &&
      !/^[\w/-]|^\.\w/.test(after)
    ) {
      return true;
    }
  }
  return false;
}
