import * as z from "zod/mini";
import { shortId } from "../../model/id.ts";
import { Count, field, Time } from "../../model/field.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

const TurnedBackProject = z.object({
  id: z.string(),
  name: z.string(),
  known: field(z.boolean(), "false = the database did not know it; everything of it is from the backup"),
  tasks_now: Count,
  tasks_then: Count,
  events_lost: field(Count, "Events that the backup does not hold; the backup in `kept` does"),
  reconciled: field(z.boolean(), "Whether its repository has been compared with the restored rows"),
  merges: field(
    z.array(z.object({ task: z.string(), commit: z.string(), known: z.boolean() })),
    "Merges that landed after the backup, recorded again; known = the backup has the task",
  ),
  taken_back: field(
    z.array(z.object({ task: z.string(), commit: z.string() })),
    "Merges that the backup has and that were undone after it; they are off the record again",
  ),
  gone: field(z.array(z.object({ task: z.string(), path: z.string() })), "Worktrees whose folder is gone"),
});

/** The answer of a restore, and of its dry run. */
export const RestoreAnswer = z.object({
  backup: z.string(),
  created_at: field(Time, "When the backup was made"),
  dry_run: z.boolean(),
  projects: z.array(TurnedBackProject),
  left_alone: field(z.array(z.string()), "Projects that the backup does not know; they stay as they are"),
  kept: field(z.nullable(z.string()), "Name of the backup that keeps the state before"),
  database: field(z.enum(["good", "missing", "damaged"]), "What lay where the database belongs"),
  damaged: field(z.nullable(z.string()), "Where the damaged database was moved"),
});
type Answer = z.output<typeof RestoreAnswer>;

/** What a restore would do, for its question. */
export function summariseRestore(answer: Pick<Answer, "database" | "projects">): string {
  const { database, projects } = answer;
  if (database !== "good") {
    const names = projects.map(
      ({ name, tasks_then: then }) => `${escapeControls(name)} (${plural(then, "task")})`,
    );
    const aside =
      database === "damaged" ? "The database is damaged and is moved aside" : "There is no database";
    return `${aside}; the backup takes its place, with ${names.join(", ")}`;
  }
  const each = projects.map(
    ({ name, tasks_now: now, tasks_then: then, events_lost: lost }) =>
      `${escapeControls(name)} (${now} → ${plural(then, "task")}, ${plural(lost, "event")} lost)`,
  );
  return `It turns back ${plural(projects.length, "project")}: ${each.join(", ")}`;
}

/** A restore for people. */
export function describeRestore(answer: Answer, text: Text): string {
  const { backup, created_at, dry_run: dry, projects, left_alone, kept, damaged } = answer;
  return [
    `${dry ? "Would restore" : "Restored"} ${backup}, made ${created_at}`,
    ...(dry && answer.database !== "good" ? [`${summariseRestore(answer)}.`] : []),
    projectTable(answer, text),
    ...(left_alone.length > 0
      ? [`Left as they are: ${left_alone.map((name) => escapeControls(name)).join(", ")}`]
      : []),
    ...(kept === null ? [] : [`The state before is kept as ${kept}`]),
    ...(damaged === null ? [] : [`The damaged database is kept as ${escapeControls(damaged)}`]),
    ...projects.flatMap(describeProject),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** What there was is told only where it could be counted. */
function projectTable({ database, projects }: Answer, text: Text): string {
  const right = (head: string) => ({ head, align: "right", whole: true }) as const;
  if (database !== "good") {
    return table(
      [{ head: "PROJECT" }, right("TASKS")],
      projects.map((one) => [one.name, one.tasks_then]),
      text,
    );
  }
  const rows = projects.map((one) => [one.name, one.tasks_now, one.tasks_then, one.events_lost]);
  return table([{ head: "PROJECT" }, right("TASKS NOW"), right("THEN"), right("EVENTS LOST")], rows, text);
}

function describeProject({ name, merges, taken_back: back, gone }: Answer["projects"][number]): string[] {
  const project = escapeControls(name);
  return [
    ...merges.map(({ task, commit, known }) =>
      known
        ? `${project}: recorded the merge of ${task} again (${shortId(commit)})`
        : `${project}: ${task} is merged (${shortId(commit)}), but the backup does not know the task`,
    ),
    ...back.map(
      ({ task, commit }) =>
        `${project}: the merge of ${task} (${shortId(commit)}) was undone after the backup; it is off the record again`,
    ),
    ...gone.map(
      ({ task, path }) =>
        `${project}: the worktree of ${task} is gone (${escapeControls(path)}); ` +
        "clear it away: calm worktree health --fix",
    ),
  ];
}
