import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { closest } from "../../model/closest.ts";
import { field } from "../../model/field.ts";
import { Task } from "../../model/task.ts";
import { allPhases, TaskType } from "../../model/workflow.ts";
import { listBlockedTasks } from "../../store/blockers.ts";
import { listTasks } from "../../store/tasks.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const Listed = z.extend(Task, { blocked: field(z.boolean(), "A task that blocks it is not DONE") });

/** `calm task list` */
export const taskList = defineOperation({
  name: "task list",
  summary: "List tasks, oldest first; DONE ones only when asked for",
  kind: "tasks",
  effect: "read",
  examples: [
    "calm task list",
    "calm task list --ready",
    "calm task list --phase DONE --limit 20",
    "calm task list --search csv",
  ],
  watch: true,
  input: z.object({
    phase: z.optional(field(z.string(), "Only this phase")),
    type: z.optional(field(TaskType, "Only features, or only bugs")),
    spec: z.optional(field(z.string(), "Only subtasks of this task")),
    ready: field(z._default(z.boolean(), false), "Only tasks that nothing blocks"),
    blocked: field(z._default(z.boolean(), false), "Only blocked tasks"),
    search: z.optional(field(z.string(), "Only tasks with this text in id, title or notes")),
    include_done: field(z._default(z.boolean(), false), "DONE tasks as well"),
    limit: z.optional(field(z.int().check(z.positive()), "This many at most")),
  }),
  output: z.object({ tasks: z.array(Listed) }),
  async run(context, input) {
    const store = await context.store();
    const { ready, blocked, limit, ...rest } = input;
    const phase = input.phase === undefined ? undefined : requirePhase(input.phase);
    const blockedTasks = await listBlockedTasks(store);
    const filter = { ...rest, phase, includeDone: input.include_done };
    const found = await listTasks(store, ready || blocked ? filter : { ...filter, limit });
    const tasks = found
      .map((task) => ({ ...task, blocked: task.phase !== "DONE" && blockedTasks.has(task.id) }))
      .filter((task) => (!blocked || task.blocked) && (!ready || (!task.blocked && task.phase !== "DONE")));
    return { tasks: tasks.slice(0, limit) };
  },
  text({ tasks }, text) {
    if (tasks.length === 0) return "No tasks found.";
    const columns = [
      { head: "ID", whole: true },
      { head: "TYPE", whole: true },
      { head: "PHASE", whole: true },
      { head: "TITLE" },
      { head: "BLOCKED BY" },
    ];
    const rows = tasks.map((task) => [
      { text: task.id, paint: (id: string) => text.colors.bold(id) },
      task.type,
      task.phase,
      task.title,
      task.blocked ? { text: task.blocked_by.join(", "), paint: (ids: string) => text.colors.red(ids) } : "",
    ]);
    return table(tasks.some((task) => task.blocked) ? columns : columns.slice(0, 4), rows, text);
  },
});

function requirePhase(name: string): string {
  const phase = name.toUpperCase();
  if (allPhases.includes(phase)) return phase;
  const near = closest(phase, allPhases);
  throw new Failure("unknown_transition", `Unknown phase: ${name}`, {
    hint: near ? `Did you mean ${near}?` : `The phases are ${allPhases.join(", ")}`,
  });
}
