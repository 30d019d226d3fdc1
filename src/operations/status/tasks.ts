import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { allPhases } from "../../model/workflow.ts";
import { listBlockedTasks } from "../../store/blockers.ts";
import { listTasks } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";

/** `calm status tasks` */
export const statusTasks = defineOperation({
  name: "status tasks",
  summary: "List the open tasks by phase, in workflow order",
  kind: "tasks_by_phase",
  effect: "read",
  examples: ["calm status tasks"],
  input: z.object({}),
  output: z.object({
    phases: z.array(
      z.object({
        phase: z.string(),
        tasks: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            blocked: field(z.boolean(), "A blocker is not DONE"),
          }),
        ),
      }),
    ),
  }),
  async run(context) {
    const store = await context.store();
    const blocked = await listBlockedTasks(store);
    const tasks = await listTasks(store);
    const phases = allPhases
      .map((phase) => ({
        phase,
        tasks: tasks
          .filter((task) => task.phase === phase)
          .map(({ id, title }) => ({ id, title, blocked: blocked.has(id) })),
      }))
      .filter((group) => group.tasks.length > 0);
    return { phases };
  },
  text({ phases }, { colors }) {
    if (phases.length === 0) return "No tasks found.";
    return phases
      .map(({ phase, tasks }) =>
        [
          colors.bold(`${phase} (${tasks.length})`),
          ...tasks.map(({ id, title, blocked }) => {
            const mark = blocked ? colors.red("  blocked") : "";
            return `  ${id}  ${escapeControls(title)}${mark}`;
          }),
        ].join("\n"),
      )
      .join("\n");
  },
});
