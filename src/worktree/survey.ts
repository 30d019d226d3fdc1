import * as z from "zod/mini";
import type { LoadedConfig } from "../project/load-config.ts";
import type { Context } from "../context.ts";
import type { ListedWorktree as GitWorktree } from "../git/git.ts";
import { field } from "../model/field.ts";
import { findTask } from "../store/tasks.ts";
import { listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { uncommittedFiles } from "./uncommitted.ts";

/** A worktree as git and the database see it. */
export const ListedWorktree = z.object({
  task: field(z.nullable(z.string()), "null = calm did not make it"),
  phase: z.nullable(z.string()),
  path: z.string(),
  branch: z.nullable(z.string()),
  head: z.nullable(z.string()),
  ahead: field(z.nullable(z.int()), "Commits that the default branch does not have"),
  behind: z.nullable(z.int()),
  uncommitted: field(z.nullable(z.int()), "Uncommitted files; calm's untouched templates do not count"),
  conflicts: field(z.nullable(z.array(z.string())), "Files that conflict with the default branch"),
  problems: field(
    z.array(z.string()),
    "locked, prunable, missing, unreadable, detached, foreign, conflicts, other branch",
  ),
  created_at: z.nullable(z.string()),
});
export type ListedWorktree = z.output<typeof ListedWorktree>;

/** Looks at every worktree but the main checkout: calm's in order of age, then those of others by path. */
export async function surveyWorktrees(context: Context, loaded: LoadedConfig): Promise<ListedWorktree[]> {
  const git = await context.git();
  const project = await context.project();
  const records = await listWorktreeRecords(await context.store());
  const listed = (await git.listWorktrees()).filter((one) => one.path !== project.root && !one.bare);
  const own = records.map((record) =>
    look(
      context,
      loaded,
      listed.find((one) => one.path === record.path),
      record,
    ),
  );
  const foreign = listed
    .filter((one) => !records.some((record) => record.path === one.path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((one) => look(context, loaded, one, undefined));
  return Promise.all([...own, ...foreign]);
}

async function look(
  context: Context,
  loaded: LoadedConfig,
  listed: GitWorktree | undefined,
  record: WorktreeRecord | undefined,
): Promise<ListedWorktree> {
  const git = await context.git();
  const path = record?.path ?? listed?.path ?? "";
  const present = listed !== undefined && pathExists(path);
  const head = listed?.head ?? null;
  const counts = head === null ? null : await git.aheadBehind(head, loaded.tip);
  const preview =
    head !== null && counts && counts.behind > 0 ? await git.previewMerge(loaded.tip, head) : undefined;
  const conflicts = preview && !preview.clean ? [...preview.conflicts] : [];
  const task = record && (await findTask(await context.store(), record.task_id));
  // A rewritten `.git` makes it a folder that git must not be started in.
  const readable = present && (await git.head(path)) !== undefined;
  const dirty = readable
    ? await (record ? uncommittedFiles(context, record) : git.dirtyFiles(path))
    : undefined;
  return {
    task: record?.task_id ?? null,
    phase: task?.phase ?? null,
    path,
    branch: listed?.branch?.replace("refs/heads/", "") ?? null,
    head,
    ahead: counts?.ahead ?? null,
    behind: counts?.behind ?? null,
    uncommitted: dirty?.length ?? null,
    conflicts: head === null ? null : conflicts,
    problems: problemsOf(listed, record, {
      missing: !present,
      unreadable: present && !readable,
      conflicts: conflicts.length > 0,
    }),
    created_at: record?.created_at ?? null,
  };
}

function problemsOf(
  listed: GitWorktree | undefined,
  record: WorktreeRecord | undefined,
  seen: { readonly missing: boolean; readonly unreadable: boolean; readonly conflicts: boolean },
): string[] {
  const elsewhere = record && listed?.branch !== undefined && listed.branch !== `refs/heads/${record.branch}`;
  const found: readonly (readonly [boolean, string])[] = [
    [seen.missing, "missing"],
    [seen.unreadable, "unreadable"],
    [listed?.locked !== undefined, "locked"],
    [listed?.prunable !== undefined, "prunable"],
    [listed?.detached === true, "detached"],
    [elsewhere === true, "other branch"],
    [record === undefined, "foreign"],
    [seen.conflicts, "conflicts"],
  ];
  return found.filter(([holds]) => holds).map(([, name]) => name);
}
