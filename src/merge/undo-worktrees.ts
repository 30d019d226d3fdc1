import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { removeWorktreeRecord, type WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { bringBack, isTaken } from "../worktree/bring-back.ts";
import { findDisagreement } from "../worktree/disagreement.ts";
import { planRemoval, type RemovalPlan } from "../worktree/plan-removal.ts";
import { removeWorktree } from "../worktree/remove-worktree.ts";
import type { UndoJournal, WorktreeStep } from "./merge-journal.ts";

/** Whether the system has refused something to git or to calm itself, which it may do no longer next time. */
export function isRefusedBySystem(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === "git_failed" || error.code === "file_failed");
}

/**
 * Does with worktrees and branches what taking an operation back asks for, once the rows are as they were. Each step may
 * have been done before; what prevents one is told, with the way on. With `again` to come, what the system refuses is a
 * Failure instead, and whoever recovers tries once more. Gives the tasks of those that are not done. The caller holds
 * the lock.
 */
export async function undoWorktrees(
  context: Context,
  id: string,
  { steps, revert, merge }: UndoJournal,
  again: boolean,
): Promise<string[]> {
  const undone: string[] = [];
  for (const step of steps) {
    try {
      if (step.kind === "remove") await removeCreated(context, step);
      if (step.kind === "take_over") await requireThere(context, step);
      // A branch that is merged already would bring nothing a second time: its work stands on top of the revert.
      if (step.kind === "bring_back")
        await bringBack(context, id, revert ? { ...step, commit: revert.again, kept: undefined } : step);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (again && isRefusedBySystem(error) && !(await isTaken(context, id, step.path)))
        throw unfinished(step, error);
      undone.push(step.task);
      if (step.kind !== "remove") await forgetWorktree(context, step.task);
      context.warn(`${error.message}. ${await wayOn(context, step, revert?.again, merge?.head)}`);
    }
  }
  return undone;
}

function unfinished({ task, path }: WorktreeStep, cause: Failure): Failure {
  return new Failure(cause.code, `${cause.message}, so the undo of ${task} is not finished at ${path}`, {
    hint: "When the cause is gone, finish it: calm doctor --fix",
    details: { task, path },
    cause,
  });
}

/** Whoever made it may have removed it meanwhile, or be at work on something else there. */
async function requireThere(context: Context, { task, path, branch }: WorktreeStep): Promise<void> {
  const why = await findDisagreement(context, { path, branch });
  if (why === undefined) return;
  throw new Failure("branch_moved", `The worktree ${path} was not taken over again for ${task}: ${why}`);
}

/** What did not come back is not on record either, or it could be neither restored nor made anew. */
async function forgetWorktree(context: Context, task: string): Promise<void> {
  const store = await context.storeBeyondLease(); // it is gone, whoever asked for it
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, task);
    await tx.event({ task, summary: `the worktree of ${task} did not come back`, undo: "pass_over" });
  });
}

async function wayOn(
  context: Context,
  { kind, task, branch, commit, kept }: WorktreeStep,
  again: string | undefined,
  head: string | undefined,
): Promise<string> {
  if (kind === "remove") return `Remove it later: calm worktree remove ${task}`;
  if (kept !== undefined && again === undefined) return `Bring it back: calm worktree restore ${task}`;
  const git = await context.git();
  const at = again ?? commit ?? head;
  const isThere = at === undefined || (await git.commitOf(`refs/heads/${branch}`)) !== undefined;
  const make = isThere ? "" : `git branch ${branch} ${at} && `;
  return `Bring it back by hand: ${make}calm worktree create ${task} --adopt`;
}

/** Looks at what removing a worktree that is not wanted after all would touch. */
export async function planStepRemoval(context: Context, step: WorktreeStep): Promise<RemovalPlan> {
  const { task, path, branch, base, templates, keepBranch } = step;
  const record: WorktreeRecord = {
    ...{ task_id: task, path, branch, base_sha: base, templates },
    ...{ setup_key: null, created_at: context.now() },
  };
  return { ...(await planRemoval(context, record, base)), keepBranch };
}

/** Removes such a worktree; what was done in it since is kept in the attic. */
async function removeCreated(context: Context, step: WorktreeStep): Promise<void> {
  const { path, branch, keepBranch } = step;
  const git = await context.git();
  const there =
    pathExists(path) || (!keepBranch && (await git.commitOf(`refs/heads/${branch}`)) !== undefined);
  if (!there) return;
  await removeWorktree(context, await planStepRemoval(context, step), "undo");
}
