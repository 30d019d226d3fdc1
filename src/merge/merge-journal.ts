import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { setJournal } from "../store/journal.ts";
import type { Writer } from "../store/store.ts";
import { failpoint } from "../system/failpoint.ts";

/** What the journal remembers of a merge: enough to finish it, or to take it back. */
export const MergeJournal = z.object({
  kind: z.literal("merge"),
  task: z.string(),
  title: z.string(),
  transition: z.enum(["INTEGRATE-VERIFY", "TESTED-MERGED"]),
  /** Short name of the default branch. */
  target: z.string(),
  /** What the default branch was when the candidate was built. */
  old: z.string(),
  /** First parent: `old`, or its fetched upstream. */
  base: z.string(),
  /** Tip of the task's branch; second parent. */
  head: z.string(),
  /** Who merges; whoever finishes it after a crash is somebody else. */
  actor: z.string(),
  /** A person merges although merge_lock is set. */
  forced: z.boolean(),
  /** Only documents land: without a gate, a step of the task or a count; branch and worktree stay. */
  docs: z.optional(z.boolean()),
  /** It is to be pushed before it counts as landed. */
  push: z.optional(z.boolean()),
  candidate: z.optional(z.string()),
  tree: z.optional(z.string()),
  gateRun: z.optional(z.int()),
  /** The working tree that follows the branch; absent when it is checked out nowhere. */
  checkout: z.optional(z.string()),
});
export type MergeJournal = z.output<typeof MergeJournal>;

/** A merge whose candidate exists, and which run of the gate is to look at it if any. */
export type BuiltMerge = MergeJournal & { readonly candidate: string; readonly tree: string };

/** A merge as it was built; undefined when it never came so far. */
export function asBuilt(merge: MergeJournal): BuiltMerge | undefined {
  const { candidate, tree } = merge;
  return candidate === undefined || tree === undefined ? undefined : { ...merge, candidate, tree };
}

/** What becomes of a worktree when an operation is taken back. */
export const WorktreeStep = z.object({
  /** `leave` = it was there before calm took it over; `take_over` = such a one, which calm let go. */
  kind: z.enum(["remove", "leave", "bring_back", "take_over"]),
  task: z.string(),
  path: z.string(),
  branch: z.string(),
  base: z.string(),
  templates: z.record(z.string(), z.string()),
  /** Of one to remove: its branch was there before, and stays. */
  keepBranch: z.boolean(),
  /** Of one to bring back: where its branch was, unless that is there, and the ref that keeps its uncommitted files. */
  commit: z.optional(z.string()),
  kept: z.optional(z.string()),
});
export type WorktreeStep = z.output<typeof WorktreeStep>;

/** What the journal remembers of taking an operation back: enough to finish that, or to leave the operation as it is. */
export const UndoJournal = z.object({
  kind: z.literal("undo"),
  /** Numbers of the events that are taken back, and that operation in words. */
  events: z.array(z.int()),
  what: z.string(),
  /** The task that was merged, or whose worktree was made or removed. */
  task: z.string(),
  steps: z.array(WorktreeStep),
  /** Short name of the default branch; what it was, and what it is to be; a move only where there is a candidate. */
  target: z.string(),
  old: z.string(),
  candidate: z.optional(z.string()),
  /** The merge that is taken back, the work that it merged, and whether it was to be pushed. */
  merge: z.optional(z.object({ id: z.string(), commit: z.string(), head: z.string(), push: z.boolean() })),
  /** A revert's: its tree, the run that checks it, and the commit that brings the task's work back on top of it. */
  revert: z.optional(z.object({ tree: z.string(), base: z.string(), gateRun: z.int(), again: z.string() })),
  /** The revert is to be pushed before it counts as landed. */
  push: z.optional(z.boolean()),
  /** Of one that is done: the tasks whose worktrees are not what they were to be. */
  left: z.optional(z.array(z.string())),
  actor: z.string(),
  checkout: z.optional(z.string()),
});
export type UndoJournal = z.output<typeof UndoJournal>;

/** What is journaled step by step because it moves the default branch. */
export type Journaled = MergeJournal | UndoJournal;

/**
 * The states of a journal entry that moves the default branch, in order; `aborted` ends it early. From `publishing` on
 * they are entered and left under the repository lock. In `updating` the checkout is being changed, and only then may
 * recovery change it. In `pushing` the branch has moved here; a remote that refuses leads back to `updating`, or straight
 * to `aborted`.
 */
export type MergeState =
  | "intent"
  | "built"
  | "publishing"
  | "updating"
  | "pushing"
  | "published"
  | "done"
  | "aborted";

/** While its checks run a merge does not hold the repository lock, and has changed nothing. */
export function isBeforePublishing(state: string): boolean {
  // "gated" is of an older calm: between the gate's own record and "publishing" nothing happens that cannot be undone.
  return state === "intent" || state === "built" || state === "gated";
}

/** Keeps a candidate from being collected as garbage until its merge is done. */
export function pinRef(operation: string): string {
  return `refs/calm/op/${operation}`;
}

/** Writes the next state down, before or after the step that the state names; and what else belongs to it. */
export async function journal(
  context: Context,
  id: string,
  state: MergeState,
  data: Journaled,
  also?: (tx: Writer) => Promise<void>,
): Promise<void> {
  // It only says how far the merge has come; whether it may go on is asked when it starts and when it publishes.
  const store = await context.storeBeyondLease();
  // False = ended already: recovery and the merge itself may both end one, and the first word counts.
  await store.housekeep(async (tx) => {
    await setJournal(tx, id, state, data, state === "done" || state === "aborted");
    await also?.(tx);
  });
  failpoint(`${data.kind}.${state}`);
}

/** Ends what did not reach the default branch. */
export async function abandon(context: Context, id: string, data: Journaled): Promise<void> {
  await dropPin(context, id);
  await journal(context, id, "aborted", data);
}

/** Lets go of a candidate. */
export async function dropPin(context: Context, id: string): Promise<void> {
  const git = await context.git();
  const pinned = await git.commitOf(pinRef(id));
  // False = gone meanwhile, which is what is wanted.
  if (pinned !== undefined) await git.deleteRef(pinRef(id), pinned);
  failpoint("merge.unpinned");
}
