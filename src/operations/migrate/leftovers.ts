import * as z from "zod/mini";
import { field, Time } from "../../model/field.ts";
import { originalTables } from "../../store/original/original-row.ts";
import { listLeftovers } from "../../store/leftovers.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";

/** `calm migrate leftovers` */
export const leftovers = defineOperation({
  name: "migrate leftovers",
  summary: "List rows of the original that fit nowhere or came in changed, as they were",
  kind: "leftovers",
  effect: "read",
  examples: ["calm migrate leftovers", "calm migrate leftovers --table workers --json"],
  input: z.object({
    table: z.optional(field(z.enum(originalTables), "Only rows of this table")),
    limit: field(z._default(z.int().check(z.positive()), 50), "This many at most"),
  }),
  output: z.object({
    total: field(z.int(), "All that there are, of the table if one is named"),
    leftovers: z.array(
      z.object({
        source: field(z.string(), "The file"),
        table: z.string(),
        reason: field(z.string(), "Why it lies here; `changed:` when the task or row itself came in"),
        row: field(z.unknown(), "The row by the names that its columns have today"),
        moved_at: Time,
      }),
    ),
  }),
  async run(context, { table, limit }) {
    const found = await listLeftovers(await context.store(), table, limit);
    return { total: found.total, leftovers: [...found.leftovers] };
  },
  text({ total, leftovers: rows }, { colors }) {
    if (rows.length === 0) return "No leftovers.";
    const lines = rows.map(
      ({ table, reason, row }) =>
        `${colors.bold(table)}  ${escapeControls(reason)}\n  ${escapeControls(JSON.stringify(row))}`,
    );
    const rest = total - rows.length;
    return [...lines, ...(rest > 0 ? [`… ${plural(rest, "more row")}: --limit ${total}`] : [])].join("\n");
  },
});
