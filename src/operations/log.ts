import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { parseDuration } from "../model/config.ts";
import { Event } from "../model/event.ts";
import { field } from "../model/field.ts";
import { listEvents } from "../store/events.ts";
import { ago } from "../text/ago.ts";
import { table } from "../text/table.ts";
import { defineOperation } from "./operation.ts";

/** `calm log` */
export const log = defineOperation({
  name: "log",
  summary: "List what was done to the project, oldest first",
  kind: "events",
  effect: "read",
  examples: ["calm log", "calm log --task SPEC-001", "calm log --since 2h", "calm log --follow"],
  input: z.object({
    task: z.optional(field(z.string(), "Only this task")),
    since: z.optional(field(z.string(), "From then on: 90s, 2h, or 2026-01-31T12:00:00Z")),
    after: z.optional(
      field(z.int().check(z.nonnegative()), "Only events behind this number, the oldest first"),
    ),
    limit: field(
      z._default(z.int().check(z.positive()), 50),
      "The newest this many; the oldest with --after",
    ),
  }),
  output: z.object({ events: z.array(Event) }),
  async run(context, input) {
    const since = input.since === undefined ? undefined : pointInTime(input.since, context.now());
    return { events: await listEvents(await context.store(), { ...input, since }) };
  },
  text({ events }, text) {
    if (events.length === 0) return "No events found.";
    const { now, flow } = text;
    const rows = events.map((event) => [
      event.seq,
      flow === undefined ? ago(event.at, now) : clockTime(event.at, now),
      event.actor.replace(/^(worker|user):/, ""),
      event.operation,
      event.task_id ?? "",
      event.summary,
    ]);
    return table(flow === undefined ? columns : followed(flow), rows, text);
  },
  follow: ({ events }, input) => ({
    news: events.length > 0,
    input: { ...input, after: events.at(-1)?.seq ?? input.after ?? 0, limit: mostAtOnce },
  }),
});

/** Events that `--follow` takes at once; it comes back for the rest. */
const mostAtOnce = 1000;

/** What stays on the screen for hours says when it was, not how long ago. */
function clockTime(at: string, now: string): string {
  return at.slice(0, 10) === now.slice(0, 10) ? at.slice(11, 19) : at.slice(0, 10);
}

const columns = [
  { head: "#", whole: true },
  { head: "WHEN", whole: true },
  { head: "ACTOR", whole: true },
  { head: "OPERATION", whole: true },
  { head: "TASK", whole: true },
  { head: "WHAT" },
];

/** Columns that stay where they are from answer to answer; headed once. */
function followed(flow: "begins" | "continues"): typeof columns {
  const least = [4, 10, 8, 12, 8, 0];
  return columns.map(({ head, ...one }, index) => ({
    ...one,
    head: flow === "begins" ? (head === "WHEN" ? "WHEN (UTC)" : head) : "",
    least: least[index] ?? 0,
  }));
}

function pointInTime(text: string, now: string): string {
  const span = parseDuration(text);
  // Date.parse alone would take "5" for a day in May 2001.
  const written = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  const time = span === undefined ? written : new Date(Math.max(0, Date.parse(now) - span));
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new Failure("invalid_input", `--since is neither a span nor a time: ${text}`, {
    hint: "Write it as calm log --since 2h or calm log --since 2026-01-31T12:00:00Z",
  });
}
