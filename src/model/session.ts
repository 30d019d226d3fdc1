import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";
import { storable } from "./task.ts";

/** Most bytes of a hand-off; standard input takes no more either. */
const mostBytes = 5 * 1024 * 1024;

/** The text of a hand-off, kept to the byte: not normalised, line ends as they are. */
export const HandOff = z.string().check(
  z.refine((text) => text.trim() !== "", { error: "may not be empty" }),
  z.refine((text) => Buffer.byteLength(text) <= mostBytes, { error: "may have 5 MB at most" }),
  z.refine(storable, { error: "may not hold NUL or half of a surrogate pair" }),
);

/** Where a hand-off stands: `none` = nobody was asked to go on with it. */
export const Continuation = z.enum(["pending", "resumed", "none"]);

/** A hand-off from one session of work to the next. */
export const Session = z.object({
  id: z.string(),
  created_at: Time,
  actor: field(z.string(), "Who saved it"),
  continuation: field(Continuation, "pending = still to be resumed"),
  resumed_at: z.nullable(Time),
  content: field(z.string(), "The text as it was saved"),
});
export type Session = z.output<typeof Session>;

/** A session as lists show it. */
export const SessionLine = z.extend(z.omit(Session, { content: true }), {
  first_line: field(z.string(), "First line of the content that is not blank"),
});
export type SessionLine = z.output<typeof SessionLine>;

/** The newest verdict of a task's gates. */
const LastVerdict = z.object({
  run: Count,
  transition: z.string(),
  verdict: field(z.nullable(z.string()), "null = cut short, or still running"),
  commit: field(z.string(), "Short id of the commit that was looked at"),
});

/** What comes next for a task. */
export const TaskCommand = z.object({
  task: z.string(),
  title: z.string(),
  phase: z.string(),
  open_blockers: field(z.array(z.string()), "Blockers that are not DONE"),
  waits_for_person: field(z.boolean(), "Only a person's approval is missing"),
  next: field(z.nullable(z.string()), "The command that moves the task on; null when it is DONE"),
});
export type TaskCommand = z.output<typeof TaskCommand>;

/** Where the work on one task stands, as calm itself saw it. */
export const TaskState = z.extend(TaskCommand, {
  worktree: z.nullable(z.string()),
  problem: field(z.nullable(z.string()), "Why the worktree is not as calm made it"),
  head: field(z.nullable(z.string()), "Short id of the worktree's commit"),
  wip_commit: field(z.nullable(z.string()), "Short id of the commit that the save made of what was staged"),
  uncommitted: field(Count, "Files with uncommitted changes, untracked ones included"),
  staged: field(Count, "Those of them with staged changes"),
  unstaged: field(Count, "Those of them with changes that are not staged"),
  files: field(z.array(z.string()), "The uncommitted files, at most 20"),
  last_verdict: z.nullable(LastVerdict),
});
export type TaskState = z.output<typeof TaskState>;

/** What calm adds to a hand-off: every open task, and every task with a worktree. */
export const MachinePart = z.object({ made_at: Time, tasks: z.array(TaskState) });
export type MachinePart = z.output<typeof MachinePart>;

/** The first line of a text that is not blank, without the blanks around it. */
export function firstLine(text: string): string {
  return /\S.*/.exec(text)?.[0].trim() ?? "";
}
