import { readReviewDemands } from "../checks/asked-again.ts";
import { type GateReport, runGate } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Turn } from "../store/merge-queue.ts";
import { getTask } from "../store/tasks.ts";
import { together } from "../system/together.ts";
import { requireCommitted } from "../worktree/uncommitted.ts";
import { type Admitted, requireGuardedApproved, requirePhase } from "./admit.ts";
import { notDocuments } from "./documents.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { findOracleViolation } from "./oracle.ts";
import { type HeldChecks, requireHeadUnmoved } from "./publish.ts";

/**
 * Runs the gate over a candidate, unless it only brings documents; Failure needs_human when git's merge itself cannot
 * be trusted.
 */
export async function checkCandidate(
  context: Context,
  admitted: Admitted,
  merge: BuiltMerge,
  options: { readonly noCache: boolean },
): Promise<GateReport | undefined> {
  await together(requireTrustworthy(context, merge), requireAdmissible(context, admitted, merge));
  const { candidate: commit, tree, base, gateRun: run } = merge;
  if (run === undefined) return undefined;
  const under = { commit, tree, base, run };
  const report = await runGate(context, admitted.subject, under, options);
  if (report.run.verdict !== "pass") await requireUnchanged(context, admitted);
  return report;
}

async function requireTrustworthy(context: Context, merge: BuiltMerge): Promise<void> {
  const violation = await findOracleViolation(context, merge);
  if (violation === undefined) return;
  throw new Failure("needs_human", `git's merge of ${merge.task} cannot be trusted: ${violation}`, {
    hint: `Make it by hand in its worktree and look at it: git merge ${merge.target}`,
  });
}

/** What was asked of the branch is asked of the candidate: where the default branch has renamed a file, it is another path. */
async function requireAdmissible(
  context: Context,
  { subject }: Admitted,
  { task, target, docs, base, candidate }: BuiltMerge,
): Promise<void> {
  const git = await context.git();
  const changes = await git.changedFiles(base, candidate);
  const others = docs === true ? notDocuments(changes) : [];
  if (others.length > 0) {
    throw new Failure(
      "no_documents",
      `Merging ${task} changes more than documents of ${target}: ${others.join(", ")}`,
      {
        hint: `Bring it up to date, and see what it changes then: git -C "$(calm worktree path ${task})" merge ${target}`,
        details: { paths: others },
      },
    );
  }
  await requireGuardedApproved(context, subject, changes);
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

/** What must still hold when it is published; a check that a person has overridden is not asked again. */
export async function heldChecks(
  context: Context,
  { subject }: Admitted,
  report: GateReport | undefined,
  turn: Turn,
): Promise<HeldChecks> {
  if (!report) return { checks: [], reviews: [], turn };
  const passed = report.checks.filter((one) => one.verdict === "pass" || one.verdict === "flaky");
  return {
    checks: passed.map((one) => one.check),
    reviews: await readReviewDemands(context, subject),
    turn,
  };
}
