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
  examples: ["calm log", "calm log --task SPEC-001", "calm log --since 2h"],
  input: z.object({
    task: z.optional(field(z.string(), "Only this task")),
    since: z.optional(field(z.string(), "From then on: 90s, 2h, or 2026-01-31T12:00:00Z")),
    limit: field(z._default(z.int().check(z.positive()), 50), "The newest this many"),
  }),
  output: z.object({ events: z.array(Event) }),
  async run(context, input) {
    const since = input.since === undefined ? undefined : pointInTime(input.since, context.now());
    return {
      events: await listEvents(await context.store(), { task: input.task, since, limit: input.limit }),
    };
  },
  text({ events }, text) {
    if (events.length === 0) return "No events found.";
    const rows = events.map((event) => [
      event.seq,
      ago(event.at, text.now),
      event.actor.replace(/^(worker|user):/, ""),
      event.operation,
      event.task_id ?? "",
      event.summary,
    ]);
    const heads = ["#", "WHEN", "ACTOR", "OPERATION", "TASK"].map((head) => ({ head, whole: true }));
    return table([...heads, { head: "WHAT" }], rows, text);
  },
});

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
