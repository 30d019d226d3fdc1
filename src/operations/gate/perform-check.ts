import type { FirstLook } from "../../checks/first-look.ts";
import { type GateSubject, readGateSubject } from "../../checks/gate-subject.ts";
import { rememberChangedFiles } from "../../checks/gate-memory.ts";
import { type CommitUnderTest, runGate } from "../../checks/run-gate.ts";
import type { Context } from "../../context.ts";
import type { GateRun } from "../../model/gate-run.ts";
import type { Task } from "../../model/task.ts";
import { endsOf, type Transition } from "../../model/workflow.ts";
import { isApproved } from "../../store/approvals.ts";
import { keepLease } from "../../workers/keep-lease.ts";
import type { GateCheckAnswer } from "./check-answer.ts";
import { findNext } from "./find-next.ts";

/** A gate that is to be checked. */
interface WantedCheck {
  readonly task: Task;
  readonly transition: Transition;
  /** How the worktree stood before anything else was read; undefined = nothing is to be run (--dry-run). */
  readonly look: FirstLook | undefined;
  readonly noCache: boolean;
}

/** Runs a gate and records the evidence, or only tells what that would be. */
export async function performCheck(
  context: Context,
  { task, transition, look, noCache }: WantedCheck,
): Promise<GateCheckAnswer> {
  const subject = await readGateSubject(context, task, transition);
  for (const note of subject.notes) context.warn(note);
  const under = await chooseCommit(context, subject, look === undefined);
  if (look === undefined) return (await import("./dry-run.ts")).planGate(context, subject, under);
  const { run, checks } = await keepLease(context, (kept) =>
    runGate(kept, subject, under, { noCache, look }),
  );
  if (run.verdict !== "void") await rememberChangedFiles(context, subject, under);
  const approved = await isApproved(await context.store(), task, transition, run.anchor);
  return {
    ...{ ...run, checks: [...checks], passed: run.verdict === "pass", dry_run: false },
    next: await nextStep(context, subject, run, approved),
  };
}

/** The commit that a gate looks at: the task's HEAD, the tip of the default branch, or the would-be merge. */
async function chooseCommit(
  context: Context,
  subject: GateSubject,
  dryRun: boolean,
): Promise<CommitUnderTest> {
  const { gate, loaded, location } = subject;
  if (gate.gate.anchor === "default") {
    const git = await context.git();
    return { commit: loaded.tip, tree: await git.treeOf(loaded.tip), base: loaded.tip };
  }
  if (gate.gate.anchor !== "candidate" || !location.worktree) return location;
  const { previewCandidate, writeWouldBe } = await import("../../merge/preview-candidate.ts");
  const merged = await previewCandidate(context, subject);
  // A tree is all that is looked at; the commit around it would be litter.
  return dryRun ? { commit: merged.tree, ...merged } : writeWouldBe(context, subject, merged);
}

async function nextStep(
  context: Context,
  { task, gate }: GateSubject,
  run: GateRun,
  approved: boolean,
): Promise<string> {
  if (run.verdict !== "pass") {
    // `why` explains the way that the task is on; of another one only the log tells.
    const own = (await findNext(context, task)) === gate.transition;
    return own ? `calm why ${task.id}` : `calm gate log ${run.id}`;
  }
  if (gate.gate.movedBy === "merge") return `calm worktree merge ${task.id}`;
  if (gate.approval === "person" && !approved) return `calm approve ${task.id} ${gate.transition}`;
  return `calm task transition ${task.id} ${endsOf(gate.transition).to}`;
}
