import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import type { Task } from "../../model/task.ts";
import { administer } from "../../merge/administer.ts";
import { loadConfig } from "../../project/load-config.ts";
import type { Reader } from "../../store/store.ts";
import { listBlockedBy } from "../../store/blockers.ts";
import { collectRows } from "../../store/collect-rows.ts";
import { getTask, listTasks, removeTask } from "../../store/tasks.ts";
import { findWorktree, type WorktreeRecord } from "../../store/worktrees.ts";
import { isGuest, releaseGuest } from "../../worktree/guest.ts";
import { planRemoval, type RemovalPlan, requireNothingToLose } from "../../worktree/plan-removal.ts";
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
    await requireUnneeded(store, task);
    const stays = await findGuest(context, task);
    const found = {
      task: task.id,
      worktree: stays ? null : task.worktree_path,
      kept: null,
      dry_run: input.dry_run,
    };
    const plan = await planFor(context, task);
    if (plan && !input.force) requireNothingToLose(plan);
    if (input.dry_run) return found;
    await context.confirm(`Delete task ${task.id} (${task.title})?`, input.yes);
    const kept = await administer(context, () => remove(context, task, input.force));
    return { ...found, kept };
  },
  text: ({ task, kept, dry_run: dry }) =>
    `${dry ? "Would delete" : "Deleted"} task ${task}${kept === null ? "" : `; its work is kept as ${kept}`}`,
});

/** What removing the task's worktree would touch; undefined when it has none of calm's own. */
async function planFor(context: Context, task: Task): Promise<RemovalPlan | undefined> {
  const worktree = await findWorktree(await context.store(), task.id);
  if (!worktree || (await isGuest(context, worktree))) return undefined;
  return planRemoval(context, worktree, (await loadConfig(context)).tip);
}

/** A worktree of somebody else's in which the task was worked on, and which stays. */
async function findGuest(context: Context, task: Task): Promise<WorktreeRecord | undefined> {
  const worktree = await findWorktree(await context.store(), task.id);
  return worktree && (await isGuest(context, worktree)) ? worktree : undefined;
}

/** Removes the worktree, then the task; gives the ref that keeps unmerged work. The caller holds the lock. */
async function remove(context: Context, task: Task, force: boolean): Promise<string | null> {
  const store = await context.store();
  const { worktrees } = await collectRows(store, task.id);
  const plan = await planFor(context, task);
  if (plan && !force) requireNothingToLose(plan);
  const guest = await findGuest(context, task);
  if (guest) await releaseGuest(context, guest);
  const kept = (plan && (await removeWorktree(context, plan, "task delete --force")).kept) ?? null;
  await store.write(async (tx) => {
    // Somebody may have deleted it, or come to need it, meanwhile.
    const { id, title } = await getTask(tx, task.id);
    await requireUnneeded(tx, task);
    // Undo needs them all, and a task of the same id must not inherit any.
    const rows = { ...(await collectRows(tx, id)), worktrees };
    await removeTask(tx, id);
    await tx.event({ task: id, summary: `deleted ${id}: ${title}`, data: { rows, kept } });
  });
  return kept;
}

/** Refuses a task that others wait for or belong to. */
async function requireUnneeded(store: Reader, task: Task): Promise<void> {
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
