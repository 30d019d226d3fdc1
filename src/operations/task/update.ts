import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { NameOrNothing, requireTaskId } from "../../model/id.ts";
import { Paths, Priority, Prose, Task, Title } from "../../model/task.ts";
import { findTask, getTask, setTask } from "../../store/tasks.ts";
import { requireParent, setDependencies } from "../../tasks/set-dependencies.ts";
import { defineOperation } from "../operation.ts";

/** `calm task update` */
export const taskUpdate = defineOperation({
  name: "task update",
  summary: "Change a task's title, notes and relations; its phase moves by transition",
  kind: "task",
  effect: "write",
  examples: [
    'calm task update SPEC-002 --notes "waits for the API"',
    "calm task update SPEC-002 --blocked-by ''",
  ],
  input: z.object({
    task: TaskArgument,
    title: z.optional(field(Title, "Title, one line")),
    specialist: z.optional(field(NameOrNothing, "Role that works on it; '' clears")),
    notes: z.optional(field(Prose, "Free text; '' clears")),
    blocked_by: z.optional(field(z.array(z.string()), "Tasks that must be DONE first; '' clears")),
    spec: z.optional(field(z.string(), "Parent task; '' clears")),
    priority: z.optional(field(Priority, "0 is the most urgent, 4 the least")),
    touches: z.optional(field(Paths, "Files and folders the task will change; '' clears")),
    phase: z.optional(field(z.string(), "Refused: answers with the command that moves the phase")),
  }),
  positional: ["task"],
  output: Task,
  async run(context, input) {
    const { task: id, phase, blocked_by: blockedBy, spec, touches, ...plain } = input;
    const store = await context.store();
    if (phase !== undefined) throw derived(id, phase);
    if (Object.keys(input).length === 1) throw nothingToUpdate(id);
    if (spec) requireTaskId(spec);
    const changes = {
      ...(plain.title !== undefined && { title: plain.title }),
      ...(plain.priority !== undefined && { priority: plain.priority }),
      ...(plain.specialist !== undefined && { specialist: plain.specialist || null }),
      ...(plain.notes !== undefined && { notes: plain.notes || null }),
      ...(touches && { touches }),
    };
    const changed = await store.write(async (tx) => {
      const before = await getTask(tx, id);
      const parent = spec ? await requireParent(tx, before.id, spec) : null;
      await setTask(tx, before.id, { ...changes, ...(spec !== undefined && { spec_id: parent }) });
      if (blockedBy) await setDependencies(tx, before.id, blockedBy);
      const task = await getTask(tx, before.id);
      await tx.event({
        task: task.id,
        summary: `updated ${Object.keys(input).slice(1).join(", ")}`,
        data: { before, task },
      });
      return task;
    });
    if (spec && !(await findTask(store, spec))) {
      context.warn(`There is no task ${spec} yet; ${changed.id} names it as its parent all the same`);
    }
    return changed;
  },
  text: (task) => `Updated task ${task.id} (phase: ${task.phase})`,
});

function derived(id: string, phase: string): Failure {
  return new Failure("field_is_derived", "A phase cannot be set; a transition moves it past its gate", {
    hint: `Run: calm task transition ${id} ${phase}`,
  });
}

function nothingToUpdate(id: string): Failure {
  return new Failure("nothing_to_update", `Nothing to change was given for ${id}`, {
    hint: "See what can be changed: calm task update --help",
  });
}
