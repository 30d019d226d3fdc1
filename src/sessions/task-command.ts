import { inParallel } from "../checks/in-parallel.ts";
import { findNextStep } from "../checks/next-step.ts";
import type { Context } from "../context.ts";
import type { TaskCommand } from "../model/session.ts";
import type { Task } from "../model/task.ts";
import { openBlockers } from "../store/blockers.ts";
import { listTasks } from "../store/tasks.ts";
import { listWorktreeRecords } from "../store/worktrees.ts";
import { findDisagreement } from "../worktree/disagreement.ts";

/** The command that moves a task on; `problem` says why its worktree is not as calm made it. */
export async function findTaskCommand(
  context: Context,
  task: Task,
  problem: string | undefined,
): Promise<TaskCommand> {
  const step = await findNextStep(context, task);
  // No gate can be checked there before somebody has looked.
  const command = problem === undefined ? step?.command : step && "calm worktree list";
  return {
    ...{ task: task.id, title: task.title, phase: task.phase },
    open_blockers: await openBlockers(await context.store(), task.id),
    waits_for_person: step?.byPerson === true,
    next: command ?? null,
  };
}

/** The next command of every open task, oldest task first; git is asked only where a gate has passed. */
export async function listTaskCommands(context: Context): Promise<TaskCommand[]> {
  const store = await context.store();
  const records = new Map((await listWorktreeRecords(store)).map((record) => [record.task_id, record]));
  return inParallel(await listTasks(store), context.cores, async (task) => {
    const record = records.get(task.id);
    return findTaskCommand(context, task, record && (await findDisagreement(context, record)));
  });
}
