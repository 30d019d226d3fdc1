import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { field } from "../../model/field.ts";
import { requireTaskId } from "../../model/id.ts";
import { defaultPriority, Paths, Priority, Prose, Task, Title, typeOfId } from "../../model/task.ts";
import { phases, TaskType } from "../../model/workflow.ts";
import { addTransition } from "../../store/history.ts";
import { addTask, findTask, getTask } from "../../store/tasks.ts";
import { defaultBranchName, findTakenNumber, reserveId } from "../../tasks/numbering.ts";
import { requireParent, setDependencies } from "../../tasks/set-dependencies.ts";
import { defineOperation } from "../operation.ts";

const input = z.object({
  id: field(z.string(), "Task id; with --next its prefix, for example SPEC or BUG"),
  title: field(Title, "Title, one line"),
  type: z.optional(field(TaskType, "Kind of task; default bug for ids that start with BUG, else feature")),
  next: field(z._default(z.boolean(), false), "Reserve the next free number of the prefix"),
  spec: z.optional(field(z.string(), "Parent task")),
  blocked_by: z.optional(field(z.array(z.string()), "Tasks that must be DONE first")),
  notes: z.optional(field(Prose, "Free text")),
  priority: field(z._default(Priority, defaultPriority), "0 is the most urgent, 4 the least"),
  touches: z.optional(field(Paths, "Files and folders the task will change, below the repository's root")),
});

/** `calm task create` */
export const taskCreate = defineOperation({
  name: "task create",
  summary: "Create a feature or a bug",
  kind: "task",
  effect: "write",
  examples: [
    'calm task create SPEC-001 "Export as CSV"',
    'calm task create BUG --next "Crash on an empty file"',
    'calm task create SPEC-002 "Import" --blocked-by SPEC-001 --touches src/import/',
  ],
  input,
  positional: ["id", "title"],
  output: Task,
  run: create,
  text: (task) => `Created ${task.type}: ${task.id} (phase: ${task.phase})`,
  next: (task) => [`calm worktree create ${task.id}`],
});

async function create(context: Context, wanted: z.output<typeof input>): Promise<Task> {
  const branch = await defaultBranchName(context);
  requireTaskId(wanted.id, branch);
  if (wanted.spec !== undefined) requireTaskId(wanted.spec);
  const floor = wanted.next ? await findTakenNumber(context, wanted.id) : 0;
  const type = wanted.type ?? typeOfId(wanted.id);
  const store = await context.store();
  const task = await store.write(async (tx) => {
    const id = wanted.next ? requireTaskId(await reserveId(tx, wanted.id, floor), branch) : wanted.id;
    const now = context.now();
    await addTask(tx, {
      id,
      title: wanted.title,
      type,
      phase: phases[type][0],
      spec_id: wanted.spec === undefined ? null : await requireParent(tx, id, wanted.spec),
      specialist: null,
      notes: wanted.notes ?? null,
      priority: wanted.priority,
      touches: wanted.touches ?? [],
      created_at: now,
      updated_at: now,
    });
    await setDependencies(tx, id, wanted.blocked_by ?? []);
    const step = { task_id: id, from_phase: "", to_phase: phases[type][0], kind: "forward" } as const;
    await addTransition(tx, { ...step, gate_run_id: null, gate_result: null, gate_details: null });
    const added = await getTask(tx, id);
    await tx.event({ task: id, summary: `created ${type} ${id}: ${wanted.title}`, data: { task: added } });
    return added;
  });
  if (wanted.spec !== undefined && !(await findTask(store, wanted.spec))) {
    context.warn(`There is no task ${wanted.spec} yet; ${task.id} names it as its parent all the same`);
  }
  return task;
}
