import type { Context } from "../context.ts";
import { bugReportPath, proposalPath, specPath } from "../model/paths.ts";
import type { Task } from "../model/task.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { findDocument, locateTask } from "../project/location.ts";
import { rememberWork } from "./remember-work.ts";
import { filesOf } from "./shared-files.ts";
import { listInFlight, readWork } from "./work.ts";

/** Another task at work on files that a task will touch. */
export interface IntendedOverlap {
  readonly task: string;
  readonly files: readonly string[];
}

/** What a task says it will change: files and folders, and the documents that may name some. */
interface Intention {
  readonly touches: readonly string[];
  readonly documents: readonly string[];
}

/** Who changes, in a worktree of their own, what a task says it will touch; undefined = the task does not say. */
export async function findIntendedOverlaps(
  context: Context,
  task: Task,
  loaded: LoadedConfig,
): Promise<IntendedOverlap[] | undefined> {
  const intention = await intentionOf(context, task, loaded);
  if (intention.touches.length === 0 && intention.documents.length === 0) return undefined;
  const others = (await listInFlight(context)).filter((record) => record.task_id !== task.id);
  const works = await readWork(context, others, loaded.tip);
  await rememberWork(context, works);
  return works.flatMap((work) => {
    const files = [...filesOf(work)].filter((file) => isIntended(intention, file)).sort();
    return files.length > 0 ? { task: work.task, files } : [];
  });
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
