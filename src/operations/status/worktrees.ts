import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { listWorktreePlaces } from "../../store/worktrees.ts";
import { pathExists } from "../../system/files.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

/** `calm status worktrees` */
export const statusWorktrees = defineOperation({
  name: "status worktrees",
  summary: "List the worktrees that calm made, without asking git",
  kind: "worktrees",
  effect: "read",
  examples: ["calm status worktrees"],
  watch: true,
  input: z.object({}),
  output: z.object({
    worktrees: z.array(
      z.object({
        ...{ task: z.string(), phase: z.string(), path: z.string(), created_at: z.string() },
        present: field(z.boolean(), "Something lies at its path"),
      }),
    ),
  }),
  async run(context) {
    const places = await listWorktreePlaces(await context.store());
    return { worktrees: places.map((one) => ({ ...one, present: pathExists(one.path) })) };
  },
  text({ worktrees }, text) {
    if (worktrees.length === 0) return "No worktrees found.";
    const rows = worktrees.map(({ task, phase, path, created_at: created, present }) => [
      { text: task, paint: text.colors.bold },
      phase,
      ago(created, text.now),
      present ? path : { text: `${path} (gone)`, paint: text.colors.red },
    ]);
    return table([{ whole: true }, { whole: true }, { whole: true }, { whole: true }], rows, text);
  },
  next: () => ["calm worktree list"],
});
