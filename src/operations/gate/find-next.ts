import type { Context } from "../../context.ts";
import { nextTransition } from "../../model/next-transition.ts";
import type { Task } from "../../model/task.ts";
import type { Transition } from "../../model/workflow.ts";
import { listTasks } from "../../store/tasks.ts";

/** The transition that a task takes next; undefined when it is DONE. */
export async function findNext(context: Context, task: Task): Promise<Transition | undefined> {
  const subtasks = await listTasks(await context.store(), { spec: task.id, includeDone: true });
  return nextTransition(task, subtasks.length);
}
