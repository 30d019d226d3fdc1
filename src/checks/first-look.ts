import type { Context } from "../context.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { requireCommitted, uncommittedFiles } from "../worktree/uncommitted.ts";
import { endCutShort, findCutShort } from "./cut-short.ts";

/** What is seen of a worktree before a gate looks at anything else. */
export interface FirstLook {
  /** The worktree's folder; undefined = the task has none. */
  readonly path: string | undefined;
  /** undefined = the task has no worktree. */
  readonly standing: Standing | undefined;
  /** Failure dirty_worktree; git may still be looking. */
  readonly committed: Promise<void>;
}

/** Where a worktree's HEAD stands, and how it got there. */
interface Standing {
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  /** undefined = there is no HEAD to be read. */
  readonly log: number | undefined;
}

/**
 * Begins to look at a worktree and gives back once git is at work. HEAD is read before that: whatever comes later shows
 * when the two are compared in the end.
 */
export async function lookFirst(context: Context, worktree: WorktreeRecord | undefined): Promise<FirstLook> {
  const store = await context.store();
  // What a killed run has left would go on working in the very folder that is looked at now.
  for (const run of await findCutShort(store, context.host)) await endCutShort(context, run);
  const path = worktree?.path;
  if (!worktree) return { path, standing: undefined, committed: Promise.resolve() };
  const standing = await standingOf(context, worktree);
  const committed = requireCommitted(context, worktree);
  committed.catch(() => undefined); // told to whoever waits for it; what fails before that is told instead
  await new Promise<void>((resolve) => setImmediate(resolve));
  return { path, standing, committed };
}

async function standingOf(context: Context, { path }: WorktreeRecord): Promise<Standing> {
  const git = await context.git();
  const head = await git.head(path);
  // A check may have deleted its worktree.
  const log = head === undefined ? undefined : await git.headLogLength(path);
  return { commit: head?.commit, branch: head?.branch, log };
}

/** What changed under a run at a commit; it voids the run, because nobody knows which content was looked at. */
export async function changedSince(
  context: Context,
  worktree: WorktreeRecord | undefined,
  commit: string,
  before: FirstLook["standing"],
): Promise<string | undefined> {
  if (!worktree || !before) return undefined;
  const after = await standingOf(context, worktree);
  if (after.commit === undefined) return `${worktree.path} was removed, or broken, while the gate ran`;
  if (after.commit !== commit || before.commit !== commit)
    return `HEAD of ${worktree.path} moved while the gate ran`;
  if (after.branch !== before.branch) return `${worktree.path} is on another branch since the gate began`;
  // A commit and a reset, or a switch there and back: for a while other content lay there.
  if (after.log !== before.log) return `HEAD of ${worktree.path} moved and came back while the gate ran`;
  const dirty = await uncommittedFiles(context, worktree);
  if (dirty.length === 0) return undefined;
  return `files changed in ${worktree.path} while the gate ran: ${dirty.map((file) => file.path).join(", ")}`;
}
