import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { loadConfig } from "../../project/load-config.ts";
import { Failure } from "../../failure.ts";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import { administer } from "../../merge/administer.ts";
import { finishLeft } from "../../merge/finish-left.ts";
import { listOpenJournal } from "../../store/journal.ts";
import { getTask } from "../../store/tasks.ts";
import type { WorktreeRecord } from "../../store/worktrees.ts";
import { isLeftBehind } from "../../system/process-identity.ts";
import { plural } from "../../text/plural.ts";
import { isGuest, releaseGuest } from "../../worktree/guest.ts";
import { findRemovable } from "../../worktree/holder.ts";
import { planRemoval, requireNothingToLose } from "../../worktree/plan-removal.ts";
import { RemovalJournal, removeWorktree } from "../../worktree/remove-worktree.ts";
import { defineOperation } from "../operation.ts";

const RemovalAnswer = z.object({
  task: z.string(),
  path: z.string(),
  branch: z.string(),
  uncommitted: field(z.array(z.string()), "Uncommitted files that were there"),
  unmerged: field(z.array(z.string()), "Commits that the default branch does not have"),
  kept: field(z.nullable(z.string()), "The ref that keeps them; null = there was nothing to keep"),
  stays: field(z.boolean(), "Somebody else made it; calm only forgets it, and worktree and branch stay"),
  dry_run: z.boolean(),
});

/** `calm worktree remove` */
export const worktreeRemove = defineOperation({
  name: "worktree remove",
  summary: "Remove a task's worktree and branch; with --force after keeping its work aside",
  kind: "removed_worktree",
  effect: "destroy",
  examples: ["calm worktree remove SPEC-001", "calm worktree remove SPEC-001 --force --yes"],
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
  output: RemovalAnswer,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const finished = input.dry_run ? undefined : await finishInterrupted(context, task.id);
    if (finished) return finished;
    const worktree = await findRemovable(context, task.id);
    if (!worktree) {
      throw new Failure("worktree_not_found", `Task ${task.id} has no worktree`, {
        hint: "See all of them: calm worktree list",
      });
    }
    if (await isGuest(context, worktree)) return forgetGuest(context, worktree, input.dry_run);
    const { tip } = await loadConfig(context);
    const look = () => planRemoval(context, worktree, tip);
    const first = await look();
    if (!input.force) requireNothingToLose(first);
    const { path, branch } = worktree;
    const found = {
      ...{ task: task.id, path, branch, unmerged: [...first.unmerged], dry_run: input.dry_run },
      stays: false,
      uncommitted: first.dirty.map((file) => file.path),
    };
    if (input.dry_run) return { ...found, kept: null };
    if (first.dirty.length + first.unmerged.length > 0) {
      const what = `${plural(first.dirty.length, "uncommitted file")} and ${plural(first.unmerged.length, "unmerged commit")}`;
      await context.confirm(`Remove the worktree of ${task.id}, keeping ${what} aside?`, input.yes);
    }
    const done = await administer(context, async () => {
      const plan = await look();
      if (!input.force) requireNothingToLose(plan);
      return removeWorktree(context, plan, "worktree remove --force");
    });
    return { ...found, kept: done.kept ?? null };
  },
  text: ({ task, path, branch, kept, stays, dry_run: dry }) =>
    [
      stays
        ? `${dry ? "Would forget" : "Forgot"} worktree: ${path} (calm did not make it; it stays, with its branch)`
        : `${dry ? "Would remove" : "Removed"} worktree: ${path}`,
      `Branch: ${branch}`,
      ...(kept === null ? [] : [`Kept: ${kept} (bring it back: calm worktree restore ${task})`]),
    ].join("\n"),
});

/** A removal of this worktree that a kill had cut short: what is finished of it is not to be removed once more. */
async function finishInterrupted(
  context: Context,
  task: string,
): Promise<z.output<typeof RemovalAnswer> | undefined> {
  const left = (await listOpenJournal(await context.store())).filter(
    (entry) => RemovalJournal.safeParse(entry.data).data?.task === task && isLeftBehind(entry, context.host),
  );
  if (left.length === 0) return undefined;
  const [done] = await finishLeft(context, left);
  if (!done) return undefined;
  const { path, branch, kept = null } = RemovalJournal.parse(done.data);
  return { task, path, branch, uncommitted: [], unmerged: [], kept, stays: false, dry_run: false };
}

async function forgetGuest(
  context: Context,
  worktree: WorktreeRecord,
  dry: boolean,
): Promise<z.output<typeof RemovalAnswer>> {
  if (!dry) await administer(context, () => releaseGuest(context, worktree));
  const { task_id: task, path, branch } = worktree;
  return { task, path, branch, uncommitted: [], unmerged: [], kept: null, stays: true, dry_run: dry };
}
