import * as z from "zod/mini";
import { field } from "./field.ts";
import { NameOrNothing } from "./id.ts";
import { Paths, Priority, Prose, type Task, Title } from "./task.ts";
import { TaskType } from "./workflow.ts";

/** A task as one line of JSON carries it from project to project: what was said of it, nothing of what was proven. */
export const TaskLine = z.strictObject({
  id: z.string(),
  title: Title,
  type: z.optional(z.nullable(TaskType)),
  phase: field(z.optional(z.nullable(z.string())), "Told, not taken over: no gate run comes along"),
  priority: z.optional(z.nullable(Priority)),
  spec_id: field(z.optional(z.nullable(z.string())), "Parent task"),
  spec: field(z.optional(z.nullable(z.string())), "Another name of spec_id, as the command line has it"),
  specialist: field(z.optional(z.nullable(NameOrNothing)), "Role that works on it"),
  blocked_by: field(z.optional(z.nullable(z.array(z.string()))), "Tasks that must be DONE first"),
  touches: field(z.optional(z.nullable(Paths)), "Files and folders the task will change"),
  notes: z.optional(z.nullable(Prose)),
});
export type TaskLine = z.output<typeof TaskLine>;

/** A task as `task export` writes it: a line that `task import` takes. */
export const ExportedTask = z.object({
  ...{ id: z.string(), title: z.string(), type: TaskType, phase: z.string(), priority: Priority },
  spec_id: field(z.optional(z.string()), "Parent task"),
  specialist: field(z.optional(z.string()), "Role that works on it"),
  blocked_by: field(z.optional(z.array(z.string())), "Tasks that must be DONE first"),
  touches: field(z.optional(z.array(z.string())), "Files and folders the task will change"),
  notes: z.optional(z.string()),
});
type ExportedTask = z.output<typeof ExportedTask>;

/** The line of a task; what it does not have is left out. */
export function toTaskLine(task: Task, blockedBy: readonly string[]): ExportedTask {
  const { id, title, type, phase, priority, spec_id, specialist, touches, notes } = task;
  return {
    ...{ id, title, type, phase, priority },
    ...(spec_id !== null && { spec_id }),
    ...(specialist !== null && { specialist }),
    ...(blockedBy.length > 0 && { blocked_by: [...blockedBy] }),
    ...(touches.length > 0 && { touches }),
    ...(notes !== null && { notes }),
  };
}
