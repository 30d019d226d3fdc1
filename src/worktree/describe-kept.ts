import * as z from "zod/mini";
import type { Context } from "../context.ts";
import type { Git } from "../git/git.ts";
import type { TreePath } from "../git/path-state.ts";
import { findUnfinishedAmong } from "../git/unfinished.ts";
import { field } from "../model/field.ts";
import { loadConfig } from "../project/load-config.ts";
import type { AtticEntry } from "./attic.ts";

const KeptFile = z.object({
  path: z.string(),
  change: z.enum(["added", "modified", "deleted", "type_changed"]),
  bytes: field(z.nullable(z.int()), "Size as it was kept; null = deleted, or no file"),
});
type KeptFile = z.output<typeof KeptFile>;

/** What an entry of the attic holds. */
export const Kept = z.object({
  head: field(z.nullable(z.string()), "Commit of the worktree's HEAD; null = its branch had no commit yet"),
  commits: field(
    z.array(z.string()),
    "Commits that the default branch does not have, newest first, at most 50",
  ),
  staged: z.array(KeptFile),
  unstaged: z.array(KeptFile),
  untracked: z.array(KeptFile),
  conflicts: field(z.array(z.string()), "Files in conflict, with all sides"),
  under_way: field(z.nullable(z.string()), "Git's mark of a merge, rebase or the like that was not finished"),
});
export type Kept = z.output<typeof Kept>;

/** Looks at what an entry holds. */
export async function describeKept(context: Context, entry: AtticEntry): Promise<Kept> {
  const git = await context.git();
  const { tip } = await loadConfig(context);
  const { head, index, state, files } = await git.readKept(entry.commit);
  const commits: string[] = [];
  for (const commit of [head, entry.branch_commit]) {
    if (commit != null) commits.push(...(await git.commitsBetween(tip, commit, 50)));
  }
  const staged = index === undefined ? [] : await changes(git, head, index);
  const onTop = index === undefined ? [] : await changes(git, index, files);
  const names = state === undefined ? [] : (await git.filesOf(state)).map(({ path }) => path);
  const sides = names.flatMap((name) => /^stages\/\d\/(.+)$/s.exec(name)?.[1] ?? []);
  const notes = names.flatMap((name) => /^git\/(.+)$/.exec(name)?.[1] ?? []);
  return {
    ...{ head: head ?? null, commits: [...new Set(commits)], staged, conflicts: [...new Set(sides)] },
    unstaged: onTop.filter(({ change }) => change !== "added"),
    untracked: onTop.filter(({ change }) => change === "added"),
    under_way: findUnfinishedAmong(notes) ?? null,
  };
}

/** All that an entry has and the default branch has not, as one patch. */
export async function patchOf(context: Context, entry: AtticEntry): Promise<string> {
  const git = await context.git();
  const { tip } = await loadConfig(context);
  const { head, files } = await git.readKept(entry.commit);
  return git.patch((await git.mergeBase(tip, head ?? tip)) ?? tip, files);
}

/** What two trees have different, for people: names that are not UTF-8 are shown as well as they can be. */
async function changes(git: Git, from: string | undefined, to: string): Promise<KeptFile[]> {
  const before = new Map(from === undefined ? [] : (await git.filesOf(from)).map((one) => [one.path, one]));
  const after = new Map((await git.filesOf(to)).map((one) => [one.path, one]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const found = paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    return old?.mode === now?.mode && old?.blob === now?.blob
      ? []
      : [{ path, change: changeOf(old, now), blob: now?.blob }];
  });
  const sizes = await git.blobSizes(found.flatMap(({ blob }) => blob ?? []));
  return found.map(({ path, change, blob }) => ({ path, change, bytes: sizes.get(blob ?? "") ?? null }));
}

function changeOf(old: TreePath | undefined, now: TreePath | undefined): KeptFile["change"] {
  if (now === undefined) return "deleted";
  if (old === undefined) return "added";
  // A file with and without its execution bit is of the same type.
  return old.mode.slice(0, 3) === now.mode.slice(0, 3) ? "modified" : "type_changed";
}
