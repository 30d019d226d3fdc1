import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { SessionLine } from "../../model/session.ts";
import { listSessions } from "../../store/sessions.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

/** `calm session list` */
export const sessionList = defineOperation({
  name: "session list",
  summary: "List the saved hand-offs, newest first",
  kind: "sessions",
  effect: "read",
  examples: ["calm session list", "calm session list --limit 50"],
  input: z.object({
    limit: field(z._default(z.int().check(z.positive()), 10), "The newest this many"),
  }),
  output: z.object({ sessions: z.array(SessionLine) }),
  async run(context, input) {
    return { sessions: await listSessions(await context.store(), input.limit) };
  },
  text({ sessions }, text) {
    if (sessions.length === 0) return "No sessions found.";
    const heads = ["SESSION", "WHEN", "CONTINUATION"].map((head) => ({ head, whole: true }));
    const rows = sessions.map((one) => [
      one.id,
      ago(one.created_at, text.now),
      one.continuation === "pending"
        ? { text: "pending", paint: (word: string) => text.colors.yellow(word) }
        : one.continuation.replace("none", "–"),
      one.first_line,
    ]);
    return table([...heads, { head: "FIRST LINE" }], rows, text);
  },
});
