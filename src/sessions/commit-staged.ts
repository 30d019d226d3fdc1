import { inParallel } from "../checks/in-parallel.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { withRepositoryLock } from "../store/repository-lock.ts";
import { findTask } from "../store/tasks.ts";
import { findUnfinished } from "../git/unfinished.ts";
import { lookAt, lookAtWorktrees, stagedFiles, type WorktreeLook } from "./worktree-look.ts";

/** What became of the staged changes of one worktree. */
export interface StagedOutcome {
  readonly task: string;
  readonly path: string;
  /** How many files were staged. */
  readonly files: number;
  /** The commit that holds them; undefined when they stay staged. */
  readonly commit: string | undefined;
  /** Why they stay staged, or what went wrong after the commit. */
  readonly problem: string | undefined;
}

/** The worktrees as they are after a commit of what was staged, and what became of it. */
export interface CommittedWorktrees {
  readonly looks: readonly WorktreeLook[];
  readonly outcomes: readonly StagedOutcome[];
}

/** Who commits, and how long git and the hooks may take in each worktree, in milliseconds. */
interface Saving {
  readonly session: string;
  readonly timeLimit: number;
}

/** Another save's hooks may take their time; afterwards a little is left for git itself. */
const lockSlack = 10_000;
/** The last line of a hook may be anything. */
const longestReason = 300;

/** Commits what is staged in calm's own worktrees; what is not staged stays as it is. Nothing there is a failure. */
export async function commitStaged(context: Context, saving: Saving): Promise<CommittedWorktrees> {
  const looks = await lookAtWorktrees(context);
  if (looks.every((look) => stagedFiles(look).length === 0)) return { looks, outcomes: [] };
  const { commonDir } = await context.project();
  // Two saves at once would commit the same changes, and one of them would tell of a failure that is none.
  const lock = { wait: saving.timeLimit + lockSlack, signal: context.signal, name: "save" } as const;
  try {
    return await withRepositoryLock(commonDir, lock, () => commitEach(context, looks, saving));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { looks, outcomes: looks.flatMap((look) => leftStaged(look, error.message)) };
  }
}

async function commitEach(
  context: Context,
  looks: readonly WorktreeLook[],
  saving: Saving,
): Promise<CommittedWorktrees> {
  const done = await inParallel(looks, context.cores, async (look) => {
    if (stagedFiles(look).length === 0) return { look, outcome: [] };
    // Again, because another save may have been at work until now.
    return commitOne(context, await lookAt(context, look.record), saving);
  });
  return { looks: done.map(({ look }) => look), outcomes: done.flatMap(({ outcome }) => outcome) };
}

interface Done {
  readonly look: WorktreeLook;
  readonly outcome: readonly StagedOutcome[];
}

async function commitOne(context: Context, look: WorktreeLook, saving: Saving): Promise<Done> {
  const { record, head } = look;
  const files = stagedFiles(look).length;
  if (files === 0) return { look, outcome: [] };
  const obstacle = await findObstacle(context, look);
  if (head === undefined || obstacle !== undefined) return { look, outcome: leftStaged(look, obstacle) };
  const problem = await tryCommit(context, look, saving);
  const after = await lookAt(context, record);
  const isOwn = problem === undefined || (await namesSession(context, head, after.head, saving.session));
  if (isOwn && after.head !== head) {
    return { look: after, outcome: [outcomeOf(after, files, after.head, problem)] };
  }
  // With nothing staged any more, somebody else's commit came first, which is as good.
  return { look: after, outcome: leftStaged(after, problem) };
}

/** Why calm does not commit in a worktree. */
async function findObstacle(context: Context, look: WorktreeLook): Promise<string | undefined> {
  if (look.problem !== undefined) return look.problem;
  if (look.files.some(({ state }) => state === "unmerged")) return "it has conflicts";
  const git = await context.git();
  const marker = findUnfinished(await git.gitDirOf(look.record.path));
  return marker === undefined ? undefined : `git is in the middle of something there (${marker})`;
}

/** Makes the commit; gives the reason when git or a hook did not want it. */
async function tryCommit(
  context: Context,
  { record }: WorktreeLook,
  { session, timeLimit }: Saving,
): Promise<string | undefined> {
  const task = await findTask(await context.store(), record.task_id);
  const message = `WIP: ${record.task_id} ${task?.title ?? ""} (session ${session})`;
  const git = await context.git();
  try {
    await git.commitIndex(record.path, { message, timeout: timeLimit, signal: context.signal });
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message.slice(0, longestReason);
    throw error;
  }
}

/** Whether there is a commit of this save although git or a hook failed: a hook that comes after it did. */
async function namesSession(
  context: Context,
  before: string,
  after: string | undefined,
  session: string,
): Promise<boolean> {
  if (after === undefined || after === before) return false;
  const git = await context.git();
  return (await git.commitsBetween(before, after, 10)).some((subject) => subject.includes(session));
}

function leftStaged(look: WorktreeLook, problem: string | undefined): StagedOutcome[] {
  const files = stagedFiles(look).length;
  return files === 0 ? [] : [outcomeOf(look, files, undefined, problem)];
}

function outcomeOf(
  { record }: WorktreeLook,
  files: number,
  commit: string | undefined,
  problem: string | undefined,
): StagedOutcome {
  return { task: record.task_id, path: record.path, files, commit, problem };
}
