import {
  decideTransition,
  type PeoplesWords,
  readPeoplesWords,
  readTransitionFacts,
} from "../../checks/decide-transition.ts";
import { type GateSubject, readGateSubject } from "../../checks/gate-subject.ts";
import { type KnownCheck, lookAtChecks } from "../../checks/known-checks.ts";
import type { CommitUnderTest } from "../../checks/run-gate.ts";
import { commitsOf } from "../../checks/started-commands.ts";
import { commandsAt, commandSet, isTrusted } from "../../checks/trust.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { findUnapprovedGuarded } from "../../merge/admit.ts";
import type { GateRun } from "../../model/gate-run.ts";
import { worktreePath } from "../../model/paths.ts";
import type { Task } from "../../model/task.ts";
import type { Transition } from "../../model/workflow.ts";
import { getCounter } from "../../store/counters.ts";
import { listRunningRuns, type RunningRun } from "../../store/gate-runs.ts";
import { isLeftBehind } from "../../system/process-identity.ts";
import { uncommittedFiles } from "../../worktree/uncommitted.ts";
import { hiddenChanges } from "../../worktree/hidden-changes.ts";

/** Everything that stands between a task and its next phase, or not. */
export interface Situation {
  readonly task: Task;
  readonly subject: GateSubject;
  /** Where the task's worktree is, or would be. */
  readonly folder: string;
  readonly checks: readonly KnownCheck[];
  readonly words: PeoplesWords;
  /** Why the transition would be refused now; undefined = it would be made, or a merge makes it. */
  readonly refusal: Failure | undefined;
  /** Whose reviews count: the task, or the parent whose document stands in for its own. */
  readonly reviewed: string;
  readonly uncommitted: readonly string[];
  /** Those among them that git was told not to look at. */
  readonly hidden: readonly string[];
  /** Whether a person has approved the commands, wherever the gate runs them. */
  readonly trusted: boolean;
  /** A run of this gate that some process is at. */
  readonly underWay: RunningRun | undefined;
  /** Only of a merge. */
  readonly merge: MergeObstacles;
}

interface MergeObstacles {
  readonly conflicts: readonly string[];
  readonly guarded: readonly string[];
  readonly lock: number;
}

/** Finds out how a task stands before a transition; runs no command of the project. */
export async function readSituation(
  context: Context,
  task: Task,
  transition: Transition,
): Promise<Situation> {
  const store = await context.store();
  const subject = await readGateSubject(context, task, transition);
  const facts = await readTransitionFacts(context, subject);
  const { under, conflicts } = await wouldBe(context, subject);
  const { worktree } = subject.location;
  const isMerge = subject.gate.gate.movedBy === "merge";
  const uncommitted = worktree ? await uncommittedFiles(context, worktree) : [];
  return {
    ...{ task, subject },
    folder: worktree?.path ?? `${(await context.project()).root}/${worktreePath(task.id)}`,
    checks: await lookAtChecks(context, subject, under, speakingRun(facts, under)),
    words: await readPeoplesWords(store, facts),
    refusal: isMerge ? undefined : await refusalOf(() => decideTransition(store, facts)),
    reviewed: facts.reviews[0]?.content.owner ?? task.id,
    uncommitted: uncommitted.map(({ path }) => path),
    hidden: worktree && uncommitted.length > 0 ? await hiddenChanges(context, worktree.path) : [],
    trusted: await isApprovedThroughout(context, subject, under),
    underWay: await findUnderWay(context, subject),
    merge: {
      conflicts,
      guarded: isMerge && worktree ? await findUnapprovedGuarded(context, subject) : [],
      lock: isMerge ? (await getCounter(store, "merge_lock")).value : 0,
    },
  };
}

async function isApprovedThroughout(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
): Promise<boolean> {
  for (const commands of await commandsAt(context, subject, commitsOf(subject, under))) {
    if (!(await isTrusted(context, commandSet(commands)))) return false;
  }
  return true;
}

/** The run of this gate that has not ended, unless the process that was at it is gone. */
async function findUnderWay(context: Context, { task, gate }: GateSubject): Promise<RunningRun | undefined> {
  const running = await listRunningRuns(await context.store());
  return running.find(
    (run) =>
      run.task_id === task.id && run.transition === gate.transition && !isLeftBehind(run, context.host),
  );
}

/** What the gate would look at now, without asking any remote: the task's HEAD, the default branch, or the merge of both. */
async function wouldBe(
  context: Context,
  { gate, loaded, location }: GateSubject,
): Promise<{ readonly under: CommitUnderTest; readonly conflicts: readonly string[] }> {
  const git = await context.git();
  if (gate.gate.anchor === "default") {
    const tree = await git.treeOf(loaded.tip);
    return { under: { commit: loaded.tip, tree, base: loaded.tip }, conflicts: [] };
  }
  if (gate.gate.anchor !== "candidate" || !location.worktree) return { under: location, conflicts: [] };
  const merged = await git.previewMerge(loaded.tip, location.commit);
  if (!merged.clean) return { under: location, conflicts: merged.conflicts };
  // A tree is all that checks look at; the commit around it would be litter.
  return { under: { commit: merged.tree, tree: merged.tree, base: loaded.tip }, conflicts: [] };
}

/** The newest run, if it speaks for what the gate would look at now. */
function speakingRun(
  { newest, holds, subject }: Awaited<ReturnType<typeof readTransitionFacts>>,
  under: CommitUnderTest,
): GateRun | undefined {
  if (newest?.state !== "finished" || newest.verdict === "void") return undefined;
  if (newest.definition !== subject.gate.definition) return undefined;
  const sameMerge = subject.gate.gate.anchor === "candidate" && newest.tree === under.tree;
  return holds || sameMerge ? newest : undefined;
}

async function refusalOf(decide: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await decide();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
