import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { listSeenChanges, setSeenChanges } from "../store/changed-files.ts";
import { filesOf, sharedFiles } from "./shared-files.ts";
import type { Work } from "./work.ts";

/** Paths of one worktree that are remembered: a change of more files meets everybody anyway. */
const most = 2000;
/** Milliseconds for which what has not changed since is not written again. */
const fresh = 60_000;

/** The files that one task changes. */
interface TaskChanges {
  readonly task: string;
  readonly paths: Iterable<string>;
}

/**
 * Remembers which files the worktrees change, for those who look without asking git. Who has looked at worktrees does
 * not wait for others who write: then it is left to the next look.
 */
export async function rememberWork(context: Context, works: readonly Work[]): Promise<void> {
  const changes = works.map((work) => ({ task: work.task, paths: filesOf(work) }));
  await remember(context, changes, "housekeepIfFree");
}

/** The same, of tasks whose changed files are known, by one who writes anyway. */
export async function rememberChanges(context: Context, changes: readonly TaskChanges[]): Promise<void> {
  await remember(context, changes, "housekeep");
}

type Patience = "housekeep" | "housekeepIfFree";

async function remember(
  context: Context,
  changes: readonly TaskChanges[],
  patience: Patience,
): Promise<void> {
  try {
    await writeNews(context, changes, patience);
  } catch (error) {
    // Whoever looks at worktrees, or has run a gate, is to be answered all the same.
    if (!(error instanceof Failure)) throw error;
    if (patience === "housekeepIfFree" && error.kind === "busy") return;
    context.warn(`Which files worktrees change could not be noted for calm status: ${error.message}`);
  }
}

async function writeNews(
  context: Context,
  changes: readonly TaskChanges[],
  patience: Patience,
): Promise<void> {
  const now = context.now();
  const seen = changes.map(({ task, paths }) => ({
    task,
    paths: [...paths].sort().slice(0, most),
    seen_at: now,
  }));
  const store = await context.storeBeyondLease(); // whoever looks may have ended, and only reads
  const known = new Map((await listSeenChanges(store)).map((one) => [one.task, one]));
  const news = seen.filter(({ task, paths }) => {
    const old = known.get(task);
    const isFresh = old !== undefined && Date.parse(now) - Date.parse(old.seen_at) < fresh;
    return !isFresh || JSON.stringify(old.paths) !== JSON.stringify(paths);
  });
  if (news.length > 0) await store[patience]((tx) => setSeenChanges(tx, news));
}

/** Two tasks whose worktrees were seen to change the same files. */
export interface SeenOverlap {
  readonly tasks: readonly [string, string];
  readonly files: readonly string[];
  /** When the one that was seen longer ago was looked at. */
  readonly seen_at: string;
}

/** Which tasks in flight were at work on the same files when their worktrees were last looked at. */
export async function recallOverlaps(
  context: Context,
  isInFlight: (task: string) => boolean,
): Promise<SeenOverlap[]> {
  const seen = (await listSeenChanges(await context.store())).filter(({ task }) => isInFlight(task));
  return sharedFiles(seen.map(({ paths }) => new Set(paths))).flatMap(({ one, other, files }) => {
    const [a, b] = [seen[one], seen[other]];
    if (!a || !b) return [];
    return {
      tasks: [a.task, b.task] as const,
      files,
      seen_at: a.seen_at < b.seen_at ? a.seen_at : b.seen_at,
    };
  });
}
