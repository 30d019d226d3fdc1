import * as z from "zod/mini";
import { field } from "../../../model/field.ts";
import { findTask } from "../../../store/tasks.ts";
import { byteSize } from "../../../text/bytes.ts";
import { escapeControls } from "../../../text/escape.ts";
import { AtticEntry, commandsWithoutTask, getAtticEntry } from "../../../worktree/attic.ts";
import { describeKept, Kept, patchOf } from "../../../worktree/describe-kept.ts";
import { defineOperation } from "../../operation.ts";

/** `calm worktree attic show` */
export const atticShow = defineOperation({
  name: "worktree attic show",
  summary: "Show what an entry of the attic holds: commits, staged, unstaged and untracked files",
  kind: "attic_entry",
  effect: "read",
  examples: ["calm worktree attic show SPEC-001", "calm worktree attic show SPEC-001 2 --patch"],
  input: z.object({
    task: field(z.string(), "Task id, which need not exist any more"),
    entry: z.optional(field(z.int().check(z.positive()), "Number in the attic; default the newest")),
    patch: field(
      z._default(z.boolean(), false),
      "Also all changes against the default branch, for git apply",
    ),
  }),
  positional: ["task", "entry"],
  output: z.extend(z.extend(AtticEntry, Kept.shape), {
    task_exists: field(
      z.boolean(),
      "False = deleted since; it is created again before the entry is restored",
    ),
    patch: z.optional(field(z.string(), "Only with --patch")),
  }),
  async run(context, input) {
    const entry = await getAtticEntry(context, input.task, input.entry);
    const task = await findTask(await context.store(), entry.task);
    const answer = { ...entry, ...(await describeKept(context, entry)), task_exists: task !== undefined };
    return input.patch ? { ...answer, patch: await patchOf(context, entry) } : answer;
  },
  text(answer, { colors }) {
    if (answer.patch !== undefined) return escapeControls(answer.patch, "keep").trimEnd();
    const { task, entry, kept_at: at, reason, restored_at: restored } = answer;
    const lines = (head: string, found: readonly string[]): string[] =>
      found.length === 0 ? [] : [`${head}:`, ...found.map((line) => `  ${escapeControls(line)}`)];
    const files = (list: Kept["staged"]): string[] =>
      list.map(
        ({ path, change, bytes }) =>
          `${change.padEnd(8)} ${path}${bytes === null ? "" : ` (${byteSize(bytes)})`}`,
      );
    return [
      colors.bold(`${task} ${entry}: ${answer.ref}`),
      `Kept: ${at}, by ${reason ?? "not recorded"}`,
      ...(restored === null ? [] : [`Restored: ${restored}`]),
      `Branch: ${answer.branch}, HEAD: ${answer.head?.slice(0, 7) ?? "unborn"}`,
      ...(answer.under_way === null ? [] : [`Under way: ${answer.under_way}`]),
      ...lines("Commits", answer.commits),
      ...lines("In conflict", answer.conflicts),
      ...lines("Staged", files(answer.staged)),
      ...lines("Unstaged", files(answer.unstaged)),
      ...lines("Untracked", files(answer.untracked)),
    ].join("\n");
  },
  verbatim: ({ patch }) => patch,
  next({ task, entry, patch, task_exists: exists }) {
    if (patch !== undefined) return [];
    return exists ? [`calm worktree restore ${task} --entry ${entry}`] : commandsWithoutTask(task, entry);
  },
});
