import type { Task } from "../model/task.ts";
import type { Reader } from "../store/store.ts";
import { listTasks } from "../store/tasks.ts";

/** The open tasks that a task waits for, and what those wait for in turn; the nearest first. */
export async function openBlockersBehind(store: Reader, task: Task): Promise<Task[]> {
  const found = new Map<string, Task>();
  for (let level: readonly string[] = task.blocked_by; level.length > 0; ) {
    const open = await listTasks(store, { ids: level });
    for (const one of open) found.set(one.id, one);
    level = [...new Set(open.flatMap((one) => one.blocked_by))].filter((id) => !found.has(id));
  }
  return [...found.values()];
}

/** The most urgent of some open tasks that waits for none of the others; the oldest where several are. */
export function firstToDo(tasks: readonly Task[]): Task | undefined {
  const ids = new Set(tasks.map(({ id }) => id));
  const free = tasks.filter((task) => !task.blocked_by.some((id) => ids.has(id)));
  const rank = ({ priority, created_at: created, id }: Task): string => `${priority} ${created} ${id}`;
  return free.reduce<Task | undefined>(
    (best, task) => (best === undefined || rank(task) < rank(best) ? task : best),
    undefined,
  );
}
