import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import type { Task } from "../../model/task.ts";
import { administer } from "../../merge/administer.ts";
import { loadConfig } from "../../project/load-config.ts";
import { listBlockedBy } from "../../store/blockers.ts";
import { collectRows } from "../../store/collect-rows.ts";
import { getTask, listTasks, removeTask } from "../../store/tasks.ts";
import { findWorktree } from "../../store/worktrees.ts";
import { planRemoval, requireNothingToLose } from "../../worktree/plan-removal.ts";
import { removeWorktree } from "../../worktree/remove-worktree.ts";
import { defineOperation } from "../operation.ts";

/** `calm task delete` */
export const taskDelete = defineOperation({
  name: "task delete",
  summary: "Delete a task with its worktree and history; what it held is kept in the log",
  kind: "deleted_task",
  effect: "destroy",
  examples: ["calm task delete SPEC-009 --yes"],
  input: z.object({
    task: TaskArgument,
    force: field(
      z._default(z.boolean(), false),
      "Also with unmerged work, which is kept under refs/calm/attic",
    ),
    yes: Yes,
    dry_run: DryRun,
  }),
  positional: ["task"],
  output: z.object({
    task: z.string(),
    worktree: field(z.nullable(z.string()), "The worktree that went too"),
    kept: field(z.nullable(z.string()), "The ref that keeps unmerged work"),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    await requireUnneeded(context, task);
    const found = { task: task.id, worktree: task.worktree_path, kept: null, dry_run: input.dry_run };
    const worktree = await findWorktree(store, task.id);
    const tip = worktree && (await loadConfig(context)).tip;
    const plan = worktree && tip !== undefined ? await planRemoval(context, worktree, tip) : undefined;
    if (plan && !input.force) requireNothingToLose(plan);
    if (input.dry_run) return found;
    await context.confirm(`Delete task ${task.id} (${task.title})?`, input.yes);
    const kept = await administer(context, async () => {
      if (!worktree || tip === undefined) return null;
      const now = await planRemoval(context, worktree, tip);
      if (!input.force) requireNothingToLose(now);
      return (await removeWorktree(context, now, "task delete --force")).kept ?? null;
    });
    await store.write(async (tx) => {
      // Undo needs them, and a task of the same id must not inherit any.
      const rows = await collectRows(tx, task.id);
      await removeTask(tx, task.id);
      await tx.event({ task: task.id, summary: `deleted ${task.id}: ${task.title}`, data: { rows, kept } });
    });
    return { ...found, kept };
  },
  text: ({ task, kept, dry_run: dry }) =>
    `${dry ? "Would delete" : "Deleted"} task ${task}${kept === null ? "" : `; its work is kept as ${kept}`}`,
});

/** Refuses a task that others wait for or belong to. */
async function requireUnneeded(context: Context, task: Task): Promise<void> {
  const store = await context.store();
  const waiting = await listBlockedBy(store, task.id);
  const subtasks = (await listTasks(store, { spec: task.id, includeDone: true })).map((one) => one.id);
  const [first] = [...waiting, ...subtasks];
  if (first === undefined) return;
  const message =
    waiting.length > 0
      ? `${task.id} blocks ${waiting.join(", ")}`
      : `${task.id} is the parent of ${subtasks.join(", ")}`;
  const change = waiting.length > 0 ? "--blocked-by ''" : "--spec ''";
  throw new Failure("blocks_others", message, {
    hint: `Release them first: calm task update ${first} ${change}`,
    details: { blocks: waiting, subtasks },
  });
}
