import { openBlockers } from "../store/blockers.ts";
import { findImportedMerge, findMerge } from "../store/merges.ts";
import type { Reader } from "../store/store.ts";
import { listTasks } from "../store/tasks.ts";
import { type Check, type CheckResult, fail, pass } from "./check.ts";

/** No task that blocks this one is open. */
export const notBlocked: Check = async ({ context, task }) => {
  const open = await openBlockers(await context.store(), task.id);
  if (open.length === 0) return pass("No open task blocks it");
  return fail(`Blocked by ${open.join(", ")}: finish that first (calm task show ${open[0] ?? ""})`);
};

/** A parent has subtasks, and all of them are DONE. */
export const subtasksDone: Check = async ({ context, task }) => countSubtasks(await context.store(), task.id);

/** Whether a task has subtasks and all are DONE; also asked within a transition, because no content anchors it. */
export async function countSubtasks(store: Reader, task: string): Promise<CheckResult> {
  const subtasks = await listTasks(store, { spec: task, includeDone: true });
  if (subtasks.length === 0) {
    return fail(
      `${task} has no subtasks, so it goes on to IMPLEMENT: calm gate check ${task} DESIGN-IMPLEMENT`,
    );
  }
  const open = subtasks.filter((subtask) => subtask.phase !== "DONE").map((subtask) => subtask.id);
  if (open.length > 0)
    return fail(`${open.length} of ${subtasks.length} subtasks are open: ${open.join(", ")}`);
  return pass(`All ${subtasks.length} subtasks are DONE`);
}

async function missingMerge(store: Reader, task: string, transition: string): Promise<string> {
  const claimed = await findImportedMerge(store, task);
  if (claimed === undefined) return `No merge of ${task} is recorded; land it: calm worktree merge ${task}`;
  return (
    `Only the original says that ${claimed.slice(0, 7)} merged ${task}; a person who has looked says so: ` +
    `calm task override ${task} ${transition} --check merge_reachable --reason "…"`
  );
}

/** What the task merged is still part of the default branch. */
export const mergeReachable: Check = async ({ context, task, transition, loaded }) => {
  const store = await context.store();
  const merge = await findMerge(store, task.id);
  if (!merge) return fail(await missingMerge(store, task.id, transition));
  const git = await context.git();
  if (await git.isFirstParentAncestor(merge.commit_sha, loaded.tip)) {
    return pass(`The merge ${merge.commit_sha.slice(0, 7)} is on ${loaded.branch}`);
  }
  return fail(
    `The merge ${merge.commit_sha.slice(0, 7)} is no longer on ${loaded.branch}: the branch was rewritten`,
  );
};
