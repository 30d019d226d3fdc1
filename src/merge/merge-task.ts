import { readReviewDemands } from "../checks/asked-again.ts";
import { type GateReport, runGate } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../model/task.ts";
import { listApprovals } from "../store/approvals.ts";
import { findJournal } from "../store/journal.ts";
import { getTask } from "../store/tasks.ts";
import { findWorktree } from "../store/worktrees.ts";
import { requireCommitted } from "../worktree/uncommitted.ts";
import { admit, type Admitted, requirePhase, requireUnlocked } from "./admit.ts";
import { administer } from "./administer.ts";
import { buildCandidate } from "./build-candidate.ts";
import { chooseBase } from "./choose-base.ts";
import { cleanUp } from "./clean-up.ts";
import { abandon, type BuiltMerge, isBeforePublishing, journal, MergeJournal } from "./merge-journal.ts";
import { findOracleViolation } from "./oracle.ts";
import { type HeldChecks, publish, requireHeadUnmoved } from "./publish.ts";
import { type Push, pushMerge } from "./push.ts";
import { recordMerge } from "./record.ts";
import { recoverMerge } from "./recover-merge.ts";
import { syncDependencies } from "./sync-dependencies.ts";

/** Each time somebody else's merge has landed, so this is also how many may overtake one. */
const attempts = 20;

/** How a merge is to be made. */
export interface MergeOptions {
  /** A person merges although merge_lock is set. */
  readonly despiteLock: boolean;
  readonly noCache: boolean;
  /** Install what changed lock files ask for, in the main checkout. */
  readonly sync: boolean;
}

/** How a merge ended: landed, or stopped by a red candidate. */
export interface MergeOutcome {
  readonly landed: boolean;
  readonly merge: BuiltMerge;
  readonly report: GateReport;
  readonly removed: boolean;
  /** Batch jobs that are due now. */
  readonly due: readonly string[];
  /** Absent where nothing is to be pushed, or recovery has told what is left of it. */
  readonly push?: Push;
}

/** Merges a task: builds the result aside, checks it, and moves the default branch to it by compare-and-swap. */
export async function mergeTask(context: Context, named: Task, options: MergeOptions): Promise<MergeOutcome> {
  // Puts right what an earlier merge of this very task may have left, before its phase is looked at.
  await administer(context, () => Promise.resolve());
  if (!options.despiteLock) await requireUnlocked(await context.store());
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const admitted = await admit(context, await getTask(await context.store(), named.id));
    const outcome = await tryMerge(context, admitted, options);
    if (outcome?.landed === true && options.sync)
      await syncDependencies(context, admitted.subject, outcome.merge);
    if (outcome) return outcome;
    context.progress(`${admitted.subject.loaded.branch} has moved meanwhile; building the merge again`);
  }
  throw new Failure(
    "lost_race",
    `The default branch moved ${attempts} times while ${named.id} was being checked`,
    {
      hint: `Try again: calm worktree merge ${named.id}`,
    },
  );
}

async function tryMerge(
  context: Context,
  admitted: Admitted,
  options: MergeOptions,
): Promise<MergeOutcome | undefined> {
  const id = context.newId("OP");
  const plan = await planMerge(context, admitted, options);
  const overrides = await overrideTrailers(context, admitted.subject.task);
  const merge = await buildCandidate(context, id, plan, overrides);
  try {
    const report = await checkCandidate(context, admitted, merge, options);
    if (report.run.verdict !== "pass") {
      await abandon(context, id, merge);
      return { landed: false, merge, report, removed: false, due: [] };
    }
    await journal(context, id, "gated", merge);
    const held = await heldChecks(context, admitted, report);
    return await administer(context, () => land(context, id, merge, report, held));
  } catch (error) {
    // From publishing on only recovery may decide what becomes of it, and has done so, or will at the next command.
    const entry = await findJournal(await context.store(), id);
    if (entry && isBeforePublishing(entry.state)) await abandon(context, id, merge);
    throw error;
  }
}

async function checkCandidate(
  context: Context,
  admitted: Admitted,
  merge: BuiltMerge,
  options: MergeOptions,
): Promise<GateReport> {
  await requireTrustworthy(context, merge);
  const under = { commit: merge.candidate, tree: merge.tree, base: merge.base, run: merge.gateRun };
  const report = await runGate(context, admitted.subject, under, options);
  if (report.run.verdict !== "pass") await requireUnchanged(context, admitted);
  return report;
}

async function planMerge(
  context: Context,
  { subject, transition }: Admitted,
  options: MergeOptions,
): Promise<MergeJournal> {
  const { task, loaded, location } = subject;
  return {
    ...{ kind: "merge", task: task.id, title: task.title, transition, target: loaded.branch },
    ...(await chooseBase(context, loaded.branch)),
    ...{ head: location.commit, actor: context.actor.name, forced: options.despiteLock },
    push: loaded.config.merge.push,
  };
}

async function requireTrustworthy(context: Context, merge: BuiltMerge): Promise<void> {
  const violation = await findOracleViolation(context, merge);
  if (violation === undefined) return;
  throw new Failure("needs_human", `git's merge of ${merge.task} cannot be trusted: ${violation}`, {
    hint: `Make it by hand in its worktree and look at it: git merge ${merge.target}`,
  });
}

/** A run that is no pass may have been disturbed; what disturbed it is the better answer. */
async function requireUnchanged(
  context: Context,
  { subject, worktree, transition }: Admitted,
): Promise<void> {
  const { task, location } = subject;
  requirePhase(await getTask(await context.store(), task.id), transition);
  await requireHeadUnmoved(context, { task: task.id, head: location.commit });
  await requireCommitted(context, worktree);
}

/** What this gate's run passed; a check that a person has overridden is not asked again. */
async function heldChecks(context: Context, { subject }: Admitted, report: GateReport): Promise<HeldChecks> {
  const passed = report.checks.filter((one) => one.verdict === "pass" || one.verdict === "flaky");
  return { checks: passed.map((one) => one.check), reviews: await readReviewDemands(context, subject) };
}

/** Publishes and records; what goes wrong is put right at once, as a successor of a killed process would. */
async function land(
  context: Context,
  id: string,
  merge: BuiltMerge,
  report: GateReport,
  held: HeldChecks,
): Promise<MergeOutcome | undefined> {
  let problem: Error | undefined;
  try {
    if (await publish(context, id, merge, held)) {
      const push = merge.push === true ? await pushMerge(context, id, merge) : undefined;
      if (push !== "withdrawn") {
        const due = await recordMerge(context, id, merge);
        const removed = await cleanUp(context, id, merge);
        return { landed: true, merge, report, removed, due, ...(push && { push }) };
      }
    }
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
  }
  const store = await context.store();
  const entry = await findJournal(store, id);
  if (entry && (await recoverMerge(context, id, entry.state, MergeJournal.parse(entry.data)))) {
    const removed = (await findWorktree(store, merge.task)) === undefined;
    return { landed: true, merge, report, removed, due: [] };
  }
  if (problem) throw problem;
  return undefined;
}

/** Overrides go into the merge commit, for ever. */
async function overrideTrailers(context: Context, task: Task): Promise<string[]> {
  const words = await listApprovals(await context.store(), task.id);
  return words
    .filter((one) => one.kind === "override")
    .map(({ transition, check, user }) =>
      ["Calm-Override:", transition, check ?? [], "by", user].flat().join(" "),
    );
}
