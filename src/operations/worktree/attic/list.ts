import * as z from "zod/mini";
import { field } from "../../../model/field.ts";
import { ago } from "../../../text/ago.ts";
import { table } from "../../../text/table.ts";
import { AtticEntry, listAttic } from "../../../worktree/attic.ts";
import { defineOperation } from "../../operation.ts";

/** `calm worktree attic list` */
export const atticList = defineOperation({
  name: "worktree attic list",
  summary: "List what was kept of removed worktrees, by task and age",
  kind: "attic",
  effect: "read",
  examples: ["calm worktree attic list", "calm worktree attic list SPEC-001"],
  input: z.object({
    task: z.optional(field(z.string(), "Only of this task, which need not exist any more")),
  }),
  positional: ["task"],
  output: z.object({ entries: field(z.array(AtticEntry), "Oldest first within each task") }),
  async run(context, { task }) {
    return { entries: await listAttic(context, task) };
  },
  text({ entries }, text) {
    if (entries.length === 0) return "The attic is empty.";
    const rows = entries.map((one) => [
      one.task,
      one.entry,
      ago(one.kept_at, text.now),
      one.restored_at === null ? "" : ago(one.restored_at, text.now),
      one.commit.slice(0, 7),
      one.reason ?? "?",
    ]);
    const whole = ["TASK", "ENTRY", "KEPT", "RESTORED", "COMMIT"].map((head) => ({ head, whole: true }));
    return table([...whole, "REMOVED BY"], rows, text);
  },
  next: ({ entries: [first] }) => (first ? [`calm worktree attic show ${first.task} ${first.entry}`] : []),
});
