import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { DirtyFile } from "../git/git.ts";
import { gitIn, shellQuote } from "../model/shell-quote.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { hiddenChanges } from "./hidden-changes.ts";

/** Uncommitted changes of a task's worktree; a file that still is calm's own template does not count. */
export async function uncommittedFiles(context: Context, worktree: WorktreeRecord): Promise<DirtyFile[]> {
  const git = await context.git();
  return countUncommitted(context, worktree, git.dirtyFiles(worktree.path));
}

/** The same, of what git has told of the worktree. */
export async function countUncommitted(
  context: Context,
  worktree: WorktreeRecord,
  told: readonly DirtyFile[] | Promise<readonly DirtyFile[]>,
): Promise<DirtyFile[]> {
  const git = await context.git();
  const [dirty, hidden] = await Promise.all([told, hiddenChanges(context, worktree.path)]);
  const counted: DirtyFile[] = [];
  for (const file of dirty) {
    const template = worktree.templates[file.path];
    const untouched =
      template !== undefined &&
      file.state === "untracked" &&
      (await git.hashFile(join(worktree.path, file.path))) === template;
    if (!untouched) counted.push(file);
  }
  return [...counted, ...hidden.map((path) => ({ path, state: "unstaged" as const }))];
}

/** The files as one line, cut after ten. */
export function listFiles(files: readonly { readonly path: string }[]): string {
  const more = files.length > 10 ? ` and ${files.length - 10} more` : "";
  return files
    .slice(0, 10)
    .map((file) => file.path)
    .join(", ")
    .concat(more);
}

/** The command that commits everything in a worktree; `git add` passes the hidden files over until it may look. */
export function commitCommand(worktree: string, hidden: readonly string[] = []): string {
  const commit = `${gitIn(worktree)} add -A && ${gitIn(worktree)} commit -m "<what changed>"`;
  return hidden.length > 0 ? `${showCommand(worktree, hidden)} && ${commit}` : commit;
}

function showCommand(worktree: string, hidden: readonly string[]): string {
  const update = `${gitIn(worktree)} update-index`;
  const paths = hidden.map(shellQuote).join(" ");
  return `${update} --no-assume-unchanged ${paths} && ${update} --no-skip-worktree ${paths}`;
}

/** Refuses a worktree with uncommitted changes, and says how to commit them. */
export async function requireCommitted(context: Context, worktree: WorktreeRecord): Promise<void> {
  const files = await uncommittedFiles(context, worktree);
  if (files.length === 0) return;
  const hidden = await hiddenChanges(context, worktree.path);
  throw new Failure(
    "dirty_worktree",
    `The worktree of ${worktree.task_id} has uncommitted changes: ${listFiles(files)}`,
    {
      hint:
        hidden.length > 0
          ? `Git was told not to look at ${listFiles(hidden.map((path) => ({ path })))}; let it look: ${showCommand(worktree.path, hidden)}`
          : `Commit them: ${commitCommand(worktree.path)}`,
      details: { files },
    },
  );
}
