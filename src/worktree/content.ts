import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { loadConfig } from "../project/load-config.ts";
import { getTask } from "../store/tasks.ts";
import { findWorktree } from "../store/worktrees.ts";
import { listFiles, uncommittedFiles } from "./uncommitted.ts";

/** What a gate of a task would look at; told from files, git is not started for it again and again. */
export interface TaskContent {
  /** The commit of its worktree, or of the default branch where it has none. */
  readonly content: string;
  /** Why no gate looks at it now; undefined = nothing is in the way. */
  obstacle(): Promise<string | undefined>;
}

/** Reads what a task's gates would look at now; looking alone renews no worker's lease. */
export async function readContent(context: Context, id: string): Promise<TaskContent> {
  const store = await context.storeBeyondLease();
  const task = await getTask(store, id);
  const worktree = await findWorktree(store, task.id);
  if (!worktree) {
    const { tip } = await loadConfig(context);
    return { content: tip, obstacle: () => Promise.resolve(undefined) };
  }
  const head = await (await context.git()).head(worktree.path);
  if (head?.commit === undefined) {
    const hint = `See its state: calm worktree health`;
    throw new Failure("worktree_not_found", `The worktree of ${task.id} cannot be read`, { hint });
  }
  return {
    content: head.commit,
    obstacle: async () => {
      if (head.branch !== `refs/heads/${worktree.branch}`)
        return `${worktree.path} is not on its branch ${worktree.branch}`;
      const files = await uncommittedFiles(context, worktree);
      return files.length === 0 ? undefined : `not committed in ${worktree.path}: ${listFiles(files)}`;
    },
  };
}
