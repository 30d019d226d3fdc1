import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";
import { TaskType } from "./workflow.ts";

/** Priority of a task: 0 is the most urgent, 4 the least. */
export const Priority = z.int().check(z.minimum(0), z.maximum(4));
export const defaultPriority = 2;

/** A feature or a bug of one project. */
export const Task = z.object({
  id: z.string(),
  title: z.string(),
  type: TaskType,
  phase: z.string(),
  spec_id: field(z.nullable(z.string()), "Parent task"),
  specialist: field(z.nullable(z.string()), "Role that works on it"),
  notes: z.nullable(z.string()),
  priority: Priority,
  blocked_by: field(z.array(z.string()), "Tasks that must be DONE first"),
  touches: field(z.array(z.string()), "Files and folders the task will change"),
  worktree_path: z.nullable(z.string()),
  created_at: Time,
  updated_at: Time,
});
export type Task = z.output<typeof Task>;

/** One step, or attempted step, in a task's history. */
export const PhaseTransition = z.object({
  id: Count,
  task_id: z.string(),
  from_phase: z.string(),
  to_phase: z.string(),
  kind: field(z.enum(["forward", "back", "merge", "attempt", "imported"]), "How the task got there"),
  gate_run_id: z.nullable(Count),
  gate_result: z.nullable(z.enum(["pass", "fail"])),
  gate_details: z.nullable(z.string()),
  actor: z.string(),
  transitioned_at: Time,
});
export type PhaseTransition = z.output<typeof PhaseTransition>;

const longestText = 64 * 1024;
// A lone surrogate would come back from the database as three replacement characters.
const storable = (text: string): boolean => !text.includes("\0") && !/\p{Surrogate}/u.test(text);

/** Text that people write: normalised, at most 64 KiB, without NUL. */
export const Prose = z.pipe(
  z.string().check(
    z.refine((text) => text.length <= longestText, { error: "may have 64 KiB at most" }),
    z.refine(storable, { error: "may not hold NUL or half of a surrogate pair" }),
  ),
  z.transform((text: string) => text.normalize("NFC")),
);

/** A title: one line that is not empty. */
export const Title = z.pipe(
  z.string().check(
    z.refine((text) => text.trim() !== "", { error: "may not be empty" }),
    z.refine((text) => text.length <= 500, { error: "may have 500 characters at most" }),
    z.refine((text) => !/[\r\n]/.test(text), { error: "must be one line" }),
    z.refine(storable, { error: "may not hold NUL or half of a surrogate pair" }),
  ),
  z.transform((text: string) => text.trim().normalize("NFC")),
);

/** The parts of a comma-separated list, without empty ones. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The first cycle that the new blockers of a task would close, as the ids along it. */
export function findCycle(
  task: string,
  blockers: readonly string[],
  blockersOf: (id: string) => readonly string[],
): string[] | undefined {
  const visited = new Set<string>();
  const walk = (id: string, path: readonly string[]): string[] | undefined => {
    if (id === task) return [...path, id];
    if (visited.has(id)) return undefined;
    visited.add(id);
    for (const next of blockersOf(id)) {
      const found = walk(next, [...path, id]);
      if (found) return found;
    }
    return undefined;
  };
  for (const blocker of blockers) {
    const found = walk(blocker, [task]);
    if (found) return found;
  }
  return undefined;
}
