import { type GateReport, runGate } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../model/task.ts";
import { listApprovals } from "../store/approvals.ts";
import { setJournal } from "../store/journal.ts";
import { getTask } from "../store/tasks.ts";
import { admit, type Admitted, requireUnlocked } from "./admit.ts";
import { administer } from "./administer.ts";
import { abandon, buildCandidate } from "./build-candidate.ts";
import { chooseBase } from "./choose-base.ts";
import { cleanUp } from "./clean-up.ts";
import type { BuiltMerge, MergeJournal } from "./merge-journal.ts";
import { findOracleViolation } from "./oracle.ts";
import { publish } from "./publish.ts";
import { recordMerge } from "./record.ts";
import { syncDependencies } from "./sync-dependencies.ts";

const attempts = 5;

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
  { subject, transition }: Admitted,
  options: MergeOptions,
): Promise<MergeOutcome | undefined> {
  const id = context.newId("OP");
  const { task, loaded, location } = subject;
  const base = await chooseBase(context, loaded.branch);
  const plan: MergeJournal = {
    ...{ kind: "merge", task: task.id, title: task.title, transition, target: loaded.branch },
    ...base,
    head: location.commit,
  };
  const built = await buildCandidate(context, id, plan, await overrideTrailers(context, task));
  try {
    const violation = await findOracleViolation(context, built);
    if (violation !== undefined) {
      throw new Failure("needs_human", `git's merge of ${task.id} cannot be trusted: ${violation}`, {
        hint: `Look at it: git show ${built.candidate}`,
      });
    }
    const under = { commit: built.candidate, tree: built.tree, base: built.base };
    const report = await runGate(context, subject, under, options);
    const gated = { ...built, gateRun: report.run.id };
    if (report.run.verdict !== "pass") {
      await abandon(context, id, gated);
      return { landed: false, merge: gated, report, removed: false, due: [] };
    }
    const store = await context.store();
    await store.housekeep((tx) => setJournal(tx, id, "gated", gated));
    return await land(context, id, gated, report, options);
  } catch (error) {
    await abandonUnlessLanded(context, id, built);
    throw error;
  }
}

async function land(
  context: Context,
  id: string,
  merge: BuiltMerge,
  report: GateReport,
  options: MergeOptions,
): Promise<MergeOutcome | undefined> {
  return administer(context, async () => {
    if (!(await publish(context, id, merge, options))) {
      await abandon(context, id, merge);
      return undefined;
    }
    const due = await recordMerge(context, id, merge);
    const removed = await cleanUp(context, id, merge);
    return { landed: true, merge, report, removed, due };
  });
}

/** After the swap there is no way back: the journal stays open, and the next command finishes it. */
async function abandonUnlessLanded(context: Context, id: string, merge: BuiltMerge): Promise<void> {
  const git = await context.git();
  const current = await git.commitOf(`refs/heads/${merge.target}`);
  if (current !== undefined && (await git.isAncestor(merge.candidate, current))) return;
  await abandon(context, id, merge);
}

/** Overrides go into the merge commit, for ever. */
async function overrideTrailers(context: Context, task: Task): Promise<string[]> {
  const words = await listApprovals(await context.store(), task.id);
  return words
    .filter((one) => one.kind === "override")
    .map(
      (one) => `Calm-Override: ${one.transition}${one.check === null ? "" : ` ${one.check}`} by ${one.user}`,
    );
}
