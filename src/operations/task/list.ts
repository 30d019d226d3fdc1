import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field } from "../../model/field.ts";
import { Task } from "../../model/task.ts";
import { parseAnyPhase } from "../../model/parse-phase.ts";
import { TaskType } from "../../model/workflow.ts";
import { listBlockedTasks } from "../../store/blockers.ts";
import { listTasks } from "../../store/tasks.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const Listed = z.extend(Task, { blocked: field(z.boolean(), "A task that blocks it is not DONE") });

/** `calm task list` */
export const taskList = defineOperation({
  name: "task list",
  summary: "List tasks, oldest first, --ready ones by priority; DONE ones only when asked for",
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
    ready: field(
      z._default(z.boolean(), false),
      "Only open tasks that nothing blocks and that wait for no person, the most urgent first",
    ),
    blocked: field(z._default(z.boolean(), false), "Only blocked tasks"),
    search: z.optional(field(z.string(), "Only tasks with this text in id, title, notes or touches")),
    include_done: field(z._default(z.boolean(), false), "DONE tasks as well"),
    limit: z.optional(field(z.int().check(z.positive()), "This many at most")),
  }),
  output: z.object({ tasks: z.array(Listed) }),
  async run(context, input) {
    const store = await context.store();
    const { ready, blocked, limit, ...rest } = input;
    if (ready && blocked) throw contradiction();
    const phase = input.phase === undefined ? undefined : parseAnyPhase(input.phase);
    const blockedTasks = await listBlockedTasks(store);
    const filter = { ...rest, phase, includeDone: input.include_done };
    const found = await listTasks(store, ready || blocked ? filter : { ...filter, limit });
    const tasks = found
      .map((task) => ({ ...task, blocked: task.phase !== "DONE" && blockedTasks.has(task.id) }))
      .filter((task) => !blocked || task.blocked);
    if (ready) return { tasks: (await onlyReady(context, tasks)).slice(0, limit) };
    return { tasks: tasks.slice(0, limit) };
  },
  text({ tasks }, text) {
    if (tasks.length === 0) return "No tasks found.";
    const columns = [
      { head: "ID", whole: true },
      { head: "TYPE", whole: true },
      { head: "PHASE", whole: true },
      { head: "PRIORITY", whole: true, align: "right" },
      { head: "TITLE" },
      { head: "BLOCKED BY" },
    ] as const;
    const rows = tasks.map((task) => [
      { text: task.id, paint: (id: string) => text.colors.bold(id) },
      task.type,
      task.phase,
      task.priority,
      task.title,
      task.blocked ? { text: task.blocked_by.join(", "), paint: (ids: string) => text.colors.red(ids) } : "",
    ]);
    return table(tasks.some((task) => task.blocked) ? columns : columns.slice(0, 5), rows, text);
  },
});

/** What an agent may take up, the most urgent first. */
async function onlyReady(
  context: Context,
  tasks: readonly z.output<typeof Listed>[],
): Promise<z.output<typeof Listed>[]> {
  const { listTaskStates } = await import("../../tasks/project-state.ts");
  const states = await listTaskStates(context);
  const free = new Set(states.filter((one) => one.waiting === undefined).map((one) => one.id));
  const found = tasks.filter((task) => !task.blocked && free.has(task.id));
  // The sort is stable: within a priority the oldest stays first.
  return found.sort((one, other) => one.priority - other.priority);
}

function contradiction(): Failure {
  return new Failure("invalid_input", "A task is either --ready or --blocked", {
    hint: "See both: calm task list",
  });
}
