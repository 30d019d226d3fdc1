import { inParallel } from "../checks/in-parallel.ts";
import type { Context } from "../context.ts";
import { shortId } from "../model/id.ts";
import type { MachinePart, TaskState } from "../model/session.ts";
import type { Task } from "../model/task.ts";
import { findLastRun } from "../store/gate-runs.ts";
import { findTask, listTasks } from "../store/tasks.ts";
import { findTaskCommand } from "./task-command.ts";
import { stagedFiles, type WorktreeLook } from "./worktree-look.ts";

const mostFiles = 20;

/** Describes every open task, and every task with a worktree; `wip` has the commits that a save has just made. */
export async function describeTasks(
  context: Context,
  looks: readonly WorktreeLook[],
  wip: ReadonlyMap<string, string> = new Map(),
): Promise<MachinePart> {
  const tasks = await listTasksAtHand(context, looks);
  const byTask = new Map(looks.map((look) => [look.record.task_id, look]));
  const states = await inParallel(tasks, context.cores, (task) =>
    describeTask(context, task, byTask.get(task.id), wip.get(task.id)),
  );
  return { made_at: context.now(), tasks: states };
}

/** The open tasks, oldest first, and the DONE ones whose worktree is still there. */
async function listTasksAtHand(context: Context, looks: readonly WorktreeLook[]): Promise<Task[]> {
  const store = await context.store();
  const open = await listTasks(store);
  const known = new Set(open.map(({ id }) => id));
  const others = looks.filter(({ record }) => !known.has(record.task_id));
  const done = await Promise.all(others.map(({ record }) => findTask(store, record.task_id)));
  return [...open, ...done.filter((task) => task !== undefined)];
}

async function describeTask(
  context: Context,
  task: Task,
  look: WorktreeLook | undefined,
  wip: string | undefined,
): Promise<TaskState> {
  const last = await findLastRun(await context.store(), task.id);
  const files = look?.files ?? [];
  return {
    ...(await findTaskCommand(context, task, look?.problem)),
    worktree: task.worktree_path,
    problem: look?.problem ?? null,
    head: look?.head === undefined ? null : shortId(look.head),
    wip_commit: wip === undefined ? null : shortId(wip),
    uncommitted: files.length,
    staged: look ? stagedFiles(look).length : 0,
    unstaged: files.filter(({ state }) => state !== "staged").length,
    files: files.slice(0, mostFiles).map(({ path }) => path),
    last_verdict: last
      ? {
          run: last.id,
          transition: last.transition,
          verdict: last.verdict,
          commit: shortId(last.commit_sha),
        }
      : null,
  };
}
