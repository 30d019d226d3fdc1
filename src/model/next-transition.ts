import type { Task } from "./task.ts";
import { type Transition, transitionsFrom } from "./workflow.ts";

/** The transition that a task takes next; undefined when it is DONE. */
export function nextTransition(task: Task, subtasks: number): Transition | undefined {
  const ways = transitionsFrom(task.type, task.phase);
  return subtasks > 0 ? (ways.find((way) => way === "DESIGN-DONE") ?? ways[0]) : ways[0];
}
