import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { field } from "../../model/field.ts";
import type { Task } from "../../model/task.ts";
import { ExportedTask, toTaskLine } from "../../model/task-line.ts";
import { parseAnyPhase } from "../../model/parse-phase.ts";
import { TaskType } from "../../model/workflow.ts";
import { getTask, listTasks } from "../../store/tasks.ts";
import { blockersFirst } from "../../tasks/blockers-first.ts";
import { escapeJson } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";

const input = z.object({
  tasks: z.optional(field(z.array(z.string()), "Only these tasks, DONE or not; default all open ones")),
  phase: z.optional(field(z.string(), "Only this phase")),
  type: z.optional(field(TaskType, "Only features, or only bugs")),
  include_done: field(z._default(z.boolean(), false), "DONE tasks as well"),
});

/** `calm task export` */
export const taskExport = defineOperation({
  name: "task export",
  summary: "Print tasks as JSON, one a line, blockers first, else oldest first, for task import",
  kind: "exported_tasks",
  effect: "read",
  examples: [
    "calm task export",
    "calm task export SPEC-001 SPEC-002 > tasks.jsonl",
    "calm task export --type bug | calm task import --project other",
  ],
  input,
  positional: ["tasks"],
  output: z.object({ tasks: z.array(ExportedTask) }),
  async run(context, wanted) {
    const store = await context.store();
    const tasks = await chooseTasks(context, wanted);
    const exported = new Set(tasks.map(({ id }) => id));
    const open = new Set((await listTasks(store)).map(({ id }) => id));
    // A blocker that is DONE stands in nobody's way, and need not come along.
    const blockersOf = (task: Task): string[] =>
      task.blocked_by.filter((id) => exported.has(id) || open.has(id));
    const left = [...new Set(tasks.flatMap(blockersOf))].filter((id) => !exported.has(id));
    if (left.length > 0) {
      const are = plural(left.length, "blocker is", "blockers are");
      context.warn(`${are} not exported and must be there for an import: ${left.slice(0, 10).join(", ")}`);
    }
    return { tasks: blockersFirst(tasks).map((task) => toTaskLine(task, blockersOf(task))) };
  },
  text: ({ tasks }) => tasks.map((task) => escapeJson(JSON.stringify(task))).join("\n"),
});

async function chooseTasks(context: Context, wanted: z.output<typeof input>): Promise<Task[]> {
  const store = await context.store();
  const { tasks: named = [], type } = wanted;
  const phase = wanted.phase === undefined ? undefined : parseAnyPhase(wanted.phase);
  if (named.length === 0) return listTasks(store, { phase, type, includeDone: wanted.include_done });
  const found = new Map<string, Task>();
  for (const name of named) {
    const task = await getTask(store, name);
    found.set(task.id, task);
  }
  return [...found.values()]
    .filter((task) => (phase ?? task.phase) === task.phase && (type ?? task.type) === task.type)
    .sort((one, other) => (ageOf(one) < ageOf(other) ? -1 : 1));
}

/** What tasks are ordered by: their time, and of one time their id. */
function ageOf({ created_at: created, id }: Task): string {
  return `${created} ${id}`;
}
