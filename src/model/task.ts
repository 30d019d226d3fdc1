import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";
import { TaskType } from "./workflow.ts";

/** Priority of a task: 0 is the most urgent, 4 the least. */
export const Priority = z.int().check(z.minimum(0), z.maximum(4));
export const defaultPriority = 2;

/** The kind of task that an id stands for unless it is said otherwise. */
export function typeOfId(id: string): TaskType {
  return /^bug(-|$)/i.test(id) ? "bug" : "feature";
}

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

/** Whether the database gives a text back as it is: a lone surrogate would come back as replacement characters. */
export function storable(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

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

/** Why a text is no path below the repository's root; undefined when it is one. */
function pathProblem(text: string): string | undefined {
  if (/^([/\\~]|[A-Za-z]:[/\\])/.test(text)) return "is relative to the repository's root";
  if (text.split("/").includes("..")) return "may not leave the repository with ..";
  if (/\p{Cc}|\p{Surrogate}/u.test(text)) return "may not hold control characters";
  return tidyPath(text) === "" ? "names no file and no folder" : undefined;
}

/** A path without `.` and doubled slashes; a slash at its end says that it is a folder. */
function tidyPath(text: string): string {
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  return `${parts.join("/")}${text.endsWith("/") && parts.length > 0 ? "/" : ""}`.normalize("NFC");
}

/** Files and folders below the repository's root, each once and in one spelling. */
export const Paths = z.pipe(
  z.array(
    z.string().check(
      z.superRefine((text, issues) => {
        const problem = splitList(text)
          .map(pathProblem)
          .find((one) => one !== undefined);
        if (problem !== undefined) issues.addIssue({ code: "custom", message: problem });
      }),
    ),
  ),
  z.transform((texts: string[]) => [...new Set(texts.flatMap(splitList).map(tidyPath))]),
);
