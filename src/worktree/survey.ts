import * as z from "zod/mini";
import type { LoadedConfig } from "../project/load-config.ts";
import type { Context } from "../context.ts";
import type { Fork } from "../git/forks.ts";
import type { DirtyFile, ListedWorktree as GitWorktree } from "../git/git.ts";
import { field } from "../model/field.ts";
import { listWorktreePlaces, listWorktreeRecords, type WorktreeRecord } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { forecastOverlaps } from "./forecast.ts";
import { MetFile } from "./meeting.ts";
import { countUncommitted } from "./uncommitted.ts";
import { listInFlight, type Work, worksOf } from "./work.ts";

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
  overlaps: field(
    z.array(z.object({ task: z.string(), files: z.array(MetFile) })),
    "Other tasks at work on the same files; the worst file first",
  ),
  problems: field(
    z.array(z.string()),
    "locked, prunable, missing, unreadable, detached, foreign, conflicts, other branch",
  ),
  created_at: z.nullable(z.string()),
});
export type ListedWorktree = z.output<typeof ListedWorktree>;

/** All worktrees, and the work in those of tasks in flight. */
interface Survey {
  readonly worktrees: ListedWorktree[];
  readonly works: readonly Work[];
}

/** Looks at every worktree but the main checkout: calm's in order of age, then those of others by path. */
export async function surveyWorktrees(context: Context, loaded: LoadedConfig): Promise<Survey> {
  const git = await context.git();
  const project = await context.project();
  const records = await listWorktreeRecords(await context.store());
  const listed = (await git.listWorktrees()).filter((one) => one.path !== project.root && !one.bare);
  const own = records.map((record) => ({ record, listed: listed.find((one) => one.path === record.path) }));
  const foreign = listed
    .filter((one) => !records.some((record) => record.path === one.path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((one) => ({ record: undefined, listed: one }));
  const found = await Promise.all([...own, ...foreign].map((one) => find(context, one)));
  const [histories, dirty] = await Promise.all([
    compareHistories(context, found, loaded.tip),
    readDirty(context, found),
  ]);
  const looks = found.map((one, index) => ({ ...one, ...histories[index], dirty: dirty[index] }));
  const works = await worksIn(context, looks, loaded.tip);
  const overlaps = await overlapsOfEach(context, works, loaded.tip);
  const places = new Map((await listWorktreePlaces(await context.store())).map((one) => [one.task, one]));
  const worktrees = await Promise.all(
    looks.map((look) => {
      const task = look.record?.task_id ?? "";
      return describe(context, look, places.get(task)?.phase ?? null, overlaps.get(task) ?? []);
    }),
  );
  return { worktrees, works };
}

/** A worktree as it was found. */
interface Found {
  readonly record: WorktreeRecord | undefined;
  readonly listed: GitWorktree | undefined;
  readonly path: string;
  readonly present: boolean;
  readonly readable: boolean;
}

/** How its branch and its files stand; undefined where git cannot tell. */
interface Look extends Found {
  readonly fork?: Fork | undefined;
  readonly behind?: number | undefined;
  readonly conflicts?: readonly string[] | undefined;
  readonly dirty: readonly DirtyFile[] | undefined;
}

async function find(context: Context, { record, listed }: Pick<Found, "record" | "listed">): Promise<Found> {
  const git = await context.git();
  const path = record?.path ?? listed?.path ?? "";
  const present = listed !== undefined && pathExists(path);
  // A rewritten `.git` makes it a folder that git must not be started in.
  return { record, listed, path, present, readable: present && (await git.head(path)) !== undefined };
}

/** How far each branch is from the default branch, and what would conflict with it. */
async function compareHistories(
  context: Context,
  found: readonly Found[],
  tip: string,
): Promise<(Pick<Look, "fork" | "behind" | "conflicts"> | undefined)[]> {
  const git = await context.git();
  const heads = [...new Set(found.flatMap(({ listed }) => listed?.head ?? []))];
  const forks = await git.forksFrom(tip, heads);
  const behind = await git.behindOfEach(tip, forks);
  const parted = forks.filter((fork, index) => behind[index] !== 0 && fork.own.size > 0);
  const trials = parted.map(({ head }) => [tip, head] as const);
  const conflicts =
    trials.length === 0 ? [] : await git.inQuarantine((apart) => apart.conflictsOfEach(trials, tip));
  return found.map(({ listed }) => {
    const index = forks.findIndex(({ head }) => head === listed?.head);
    const fork = forks[index];
    return fork && { fork, behind: behind[index], conflicts: conflicts[parted.indexOf(fork)] ?? [] };
  });
}

async function readDirty(context: Context, found: readonly Found[]): Promise<(DirtyFile[] | undefined)[]> {
  const git = await context.git();
  const readable = found.filter((one) => one.readable);
  const dirty = await git.dirtyFilesOfEach(readable.map(({ path }) => path));
  return found.map((one) => dirty[readable.indexOf(one)]);
}

type Met = ListedWorktree["overlaps"];

async function worksIn(context: Context, looks: readonly Look[], tip: string): Promise<Work[]> {
  const inFlight = new Set((await listInFlight(context)).map(({ task_id: task }) => task));
  const seen = looks.flatMap(({ record, fork, dirty }) =>
    record && inFlight.has(record.task_id) ? { record, fork, dirty } : [],
  );
  return worksOf(context, seen, tip);
}

/** Who changes the same files, by task. */
async function overlapsOfEach(
  context: Context,
  works: readonly Work[],
  tip: string,
): Promise<Map<string, Met>> {
  const met = new Map<string, Met>();
  for (const { tasks, files } of await forecastOverlaps(context, works, tip)) {
    const [one, other] = tasks;
    for (const [task, against] of [
      [one, other],
      [other, one],
    ] as const)
      met.set(task, [...(met.get(task) ?? []), { task: against, files: [...files] }]);
  }
  return met;
}

async function describe(
  context: Context,
  { listed, record, path, present, readable, fork, behind, conflicts = [], dirty }: Look,
  phase: string | null,
  overlaps: Met,
): Promise<ListedWorktree> {
  const uncommitted = record && dirty ? await countUncommitted(context, record, dirty) : dirty;
  return {
    task: record?.task_id ?? null,
    phase,
    path,
    branch: listed?.branch?.replace("refs/heads/", "") ?? null,
    head: listed?.head ?? null,
    ahead: fork?.own.size ?? null,
    behind: behind ?? null,
    uncommitted: uncommitted?.length ?? null,
    conflicts: fork ? [...conflicts] : null,
    overlaps,
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
