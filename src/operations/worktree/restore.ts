import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { administer } from "../../merge/administer.ts";
import { DryRun, field, TaskArgument } from "../../model/field.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import type { Task } from "../../model/task.ts";
import { findTask, getTask } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { commandsWithoutTask, getAtticEntry, listAttic } from "../../worktree/attic.ts";
import { planRestoration } from "../../worktree/plan-restoration.ts";
import { restoreWorktree } from "../../worktree/restore-worktree.ts";
import { listFiles } from "../../worktree/uncommitted.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree restore` */
export const worktreeRestore = defineOperation({
  name: "worktree restore",
  summary: "Bring a removed worktree and its branch back from the attic, as they were",
  kind: "restored_worktree",
  effect: "write",
  examples: ["calm worktree restore SPEC-001", "calm worktree restore SPEC-001 --entry 2 --dry-run"],
  input: z.object({
    task: TaskArgument,
    entry: z.optional(field(z.int().check(z.positive()), "Number in the attic; default the newest")),
    dry_run: DryRun,
  }),
  positional: ["task"],
  output: z.object({
    task: z.string(),
    entry: field(z.int(), "The entry that came back; it stays in the attic"),
    ref: z.string(),
    path: z.string(),
    branch: z.string(),
    head: field(z.string(), "Commit of its HEAD"),
    detached: field(z.boolean(), "HEAD was, and is, on no branch"),
    copied: field(
      z.array(z.string()),
      "Ignored files that .worktreeinclude names, copied from the main checkout",
    ),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const task = await taskOf(context, input.task, input.entry);
    const plan = async () =>
      planRestoration(context, task, await getAtticEntry(context, task.id, input.entry));
    const { path, branch, head, headBranch, entry, copied } = input.dry_run
      ? { ...(await plan()), copied: [] }
      : await administer(context, async () => {
          const found = await plan();
          return { ...found, copied: [...(await restoreWorktree(context, found))] };
        });
    const answer = { task: task.id, entry: entry.entry, ref: entry.ref, path, branch, head, copied };
    return { ...answer, detached: headBranch === undefined, dry_run: input.dry_run };
  },
  text: ({ path, branch, head, ref, detached, copied, dry_run: dry }) =>
    [
      `${dry ? "Would restore" : "Restored"} worktree: ${path}`,
      `Branch: ${branch}${detached ? ` (HEAD is detached at ${head.slice(0, 7)})` : ""}`,
      `From: ${ref}`,
      ...(copied.length === 0
        ? []
        : [`Copied: ${escapeControls(listFiles(copied.map((file) => ({ path: file }))))}`]),
    ].join("\n"),
  next: ({ path, task, entry, dry_run: dry }) =>
    dry ? [`calm worktree attic show ${task} ${entry}`] : [`cd ${shellQuote(path)}`],
});

/** The task whose worktree comes back; of a deleted one the refusal says how its work is reached all the same. */
async function taskOf(context: Context, id: string, number?: number): Promise<Task> {
  const store = await context.store();
  const task = await findTask(store, id);
  const newest = task ? undefined : (await listAttic(context, id)).at(-1);
  if (!newest) return task ?? (await getTask(store, id));
  const entry = number ?? newest.entry;
  throw new Failure("task_not_found", `Task ${newest.task} not found; the attic still keeps work of it`, {
    hint: `Create it again: ${commandsWithoutTask(newest.task, entry).join(" && ")}`,
    details: { task: newest.task, entry },
  });
}
