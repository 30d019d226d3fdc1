import type { Task } from "../model/task.ts";

/** The tasks, each behind those that block it, otherwise in their order; a blocker that is not among them is no matter. */
export function blockersFirst(tasks: readonly Task[]): Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const entered = new Set<string>();
  const ordered: Task[] = [];
  for (const start of tasks) {
    if (entered.has(start.id)) continue;
    entered.add(start.id);
    // A chain may be longer than the call stack is deep.
    const waiting = [start];
    for (let task = waiting.at(-1); task !== undefined; task = waiting.at(-1)) {
      const blocker = byId.get(task.blocked_by.find((id) => byId.has(id) && !entered.has(id)) ?? "");
      if (blocker) {
        entered.add(blocker.id);
        waiting.push(blocker);
      } else {
        ordered.push(task);
        waiting.pop();
      }
    }
  }
  return ordered;
}
