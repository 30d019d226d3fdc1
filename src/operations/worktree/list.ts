import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { field } from "../../model/field.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { ListedWorktree, surveyWorktrees } from "../../worktree/survey.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree list` */
export const worktreeList = defineOperation({
  name: "worktree list",
  summary: "List the project's worktrees, also those that calm did not make",
  kind: "worktrees",
  effect: "read",
  examples: ["calm worktree list"],
  watch: true,
  input: z.object({}),
  output: z.object({
    default_branch: z.string(),
    worktrees: field(z.array(ListedWorktree), "The main checkout is not among them"),
  }),
  async run(context) {
    const loaded = await loadConfig(context);
    return { default_branch: loaded.branch, worktrees: await surveyWorktrees(context, loaded) };
  },
  text({ worktrees }, text) {
    if (worktrees.length === 0) return "No worktrees found.";
    const rows = worktrees.map((one) => [
      one.task ?? "-",
      one.phase ?? "-",
      one.branch ?? "(detached)",
      one.ahead === null ? "?" : `+${one.ahead} -${one.behind ?? 0}`,
      one.uncommitted === null ? "?" : one.uncommitted,
      { text: one.problems.join(", "), paint: (problems: string) => text.colors.red(problems) },
      one.created_at === null ? "" : ago(one.created_at, text.now),
      one.path,
    ]);
    const heads = ["TASK", "PHASE", "BRANCH", "AHEAD", "DIRTY", "PROBLEMS", "AGE"].map((head) => ({
      head,
      whole: true,
    }));
    return table([...heads, { head: "PATH", whole: true }], rows, text);
  },
});
