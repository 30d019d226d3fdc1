import type { Task } from "./task.ts";
import { endsOf, gateOf, type Transition, transitionsFrom } from "./workflow.ts";

/** What decides about the next step of a task. */
export interface TaskState {
  readonly task: Task;
  readonly openBlockers: readonly string[];
  readonly subtasks: number;
  /** Whether the newest run of the next gate passed. */
  readonly gatePassed: boolean;
  /** Whether a person's approval is all that is missing. */
  readonly waitsForPerson: boolean;
}

/** The transition that a task takes next; undefined when it is DONE. */
export function nextTransition(task: Task, subtasks: number): Transition | undefined {
  const ways = transitionsFrom(task.type, task.phase);
  return subtasks > 0 ? (ways.find((way) => way === "DESIGN-DONE") ?? ways[0]) : ways[0];
}

/** The command that moves a task on; undefined when it is DONE. */
export function nextCommand(state: TaskState): string | undefined {
  const { task } = state;
  const transition = nextTransition(task, state.subtasks);
  if (transition === undefined) return undefined;
  const [blocker] = state.openBlockers;
  const gate = gateOf(transition);
  if (blocker !== undefined && gate.checks.includes("not_blocked")) return `calm task show ${blocker}`;
  if (task.worktree_path === null && gate.anchor !== "default" && gate.anchor !== "none") {
    return `calm worktree create ${task.id}`;
  }
  if (gate.movedBy === "merge") return `calm worktree merge ${task.id}`;
  if (!state.gatePassed) return `calm gate check ${task.id} ${transition}`;
  if (state.waitsForPerson) return `calm approve ${task.id} ${transition}`;
  return `calm task transition ${task.id} ${endsOf(transition).to}`;
}
