import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { listTaskStates } from "../../tasks/project-state.ts";
import { defineOperation } from "../operation.ts";
import { legend, TaskLine, taskGrid, toTaskLine } from "./task-grid.ts";

/** `calm status tasks` */
export const statusTasks = defineOperation({
  name: "status tasks",
  summary: "List the open tasks by phase, in workflow order",
  kind: "tasks_by_phase",
  effect: "read",
  examples: ["calm status tasks"],
  watch: true,
  input: z.object({}),
  output: z.object({
    phases: field(
      z.array(z.object({ phase: z.string(), tasks: z.array(TaskLine) })),
      "Phases without tasks are left out; the urgent tasks of each come first",
    ),
  }),
  async run(context) {
    const phases = new Map<string, TaskLine[]>();
    for (const task of await listTaskStates(context)) {
      phases.set(task.phase, [...(phases.get(task.phase) ?? []), toTaskLine(task)]);
    }
    return { phases: [...phases].map(([phase, tasks]) => ({ phase, tasks })) };
  },
  text({ phases }, text) {
    if (phases.length === 0) return "No tasks found.";
    const tasks = phases.flatMap((group) => group.tasks);
    const counts = phases.map((group) => ({ phase: group.phase, count: group.tasks.length }));
    const waiting = tasks.flatMap(({ waiting: command }) => command ?? []);
    return [
      taskGrid(counts, tasks, text),
      legend(tasks, text),
      ...waiting.map((command) => `a person runs: ${text.colors.cyan(command)}`),
    ]
      .filter((line) => line !== "")
      .join("\n");
  },
});
