import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { field } from "../../model/field.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";
import { rememberWork } from "../../worktree/remember-work.ts";
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
    const { worktrees, works } = await surveyWorktrees(context, loaded);
    await rememberWork(context, works);
    return { default_branch: loaded.branch, worktrees };
  },
  text({ worktrees }, text) {
    if (worktrees.length === 0) return "No worktrees found.";
    const rows = worktrees.map((one) => [
      one.task ?? "-",
      one.phase ?? "-",
      one.branch ?? "(detached)",
      one.ahead === null ? "?" : `+${one.ahead} -${one.behind ?? 0}`,
      one.uncommitted === null ? "?" : one.uncommitted,
      { text: metTasks(one), paint: (tasks: string) => paintMet(one, tasks, text) },
      { text: one.problems.join(", "), paint: (problems: string) => text.colors.red(problems) },
      one.created_at === null ? "" : ago(one.created_at, text.now),
      one.path,
    ]);
    const heads = ["TASK", "PHASE", "BRANCH", "AHEAD", "DIRTY", "OVERLAPS", "PROBLEMS", "AGE"].map(
      (head) => ({
        head,
        whole: true,
      }),
    );
    return table([...heads, { head: "PATH", whole: true }], rows, text);
  },
});

const shown = 3;

/** The tasks at work on the same files; those that it would conflict with come first, with a mark. */
function metTasks({ overlaps }: ListedWorktree): string {
  const names = overlaps
    .toSorted((one, other) => Number(conflicts(other)) - Number(conflicts(one)))
    .map((one) => `${one.task}${conflicts(one) ? "!" : ""}`);
  const more = names.length > shown ? [`+${names.length - shown}`] : [];
  return [...names.slice(0, shown), ...more].join(" ");
}

function conflicts({ files }: ListedWorktree["overlaps"][number]): boolean {
  return files[0]?.nearness === "conflict";
}

function paintMet({ overlaps }: ListedWorktree, tasks: string, { colors }: Text): string {
  return overlaps.some(conflicts) ? colors.red(tasks) : colors.yellow(tasks);
}
