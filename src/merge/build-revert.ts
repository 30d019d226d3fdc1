import { readGateSubject } from "../checks/gate-subject.ts";
import { type GateReport, runGate } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { reserveGateRun } from "../store/gate-runs.ts";
import { openJournal } from "../store/journal.ts";
import { getTask } from "../store/tasks.ts";
import { chooseBase } from "./choose-base.ts";
import { abandon, journal, pinRef, type UndoJournal } from "./merge-journal.ts";
import type { BranchStep } from "./plan-branch-undo.ts";

/** An undo whose revert exists. */
export type BuiltRevert = UndoJournal & {
  readonly candidate: string;
  readonly revert: NonNullable<UndoJournal["revert"]>;
};

/**
 * Builds, in memory, the commit that takes a merge off the default branch, and the commit that brings its work back on
 * top of that; a pin points to them. Failure merge_conflict.
 */
export async function buildRevert(
  context: Context,
  id: string,
  step: BranchStep,
  planned: UndoJournal,
): Promise<BuiltRevert> {
  const { old, base } = await chooseBase(context, step.target);
  const begun = { ...planned, old, push: step.pushRevert };
  const store = await context.store();
  await store.housekeep((tx) => openJournal(tx, { id, task: step.task, state: "intent", data: begun }));
  try {
    const gateRun = await store.housekeep((tx) => reserveGateRun(tx));
    const tree = await revertedTree(context, step, base);
    const git = await context.git();
    const candidate = await git.writeCommit({ tree, parents: [base], message: revertMessage(step, gateRun) });
    const whole = await git.treeOf(base);
    const again = await git.writeCommit({ tree: whole, parents: [candidate], message: againMessage(step) });
    if (!(await git.moveRef(pinRef(id), again, undefined, "calm: revert"))) {
      throw new Failure("lost_race", `${pinRef(id)} exists already`, { hint: "Try again" });
    }
    const built = { ...begun, candidate, revert: { tree, base, gateRun, again } };
    await journal(context, id, "built", built);
    return built;
  } catch (error) {
    await abandon(context, id, begun);
    throw error;
  }
}

/** The default branch without what a merge changed, by merging the opposite of the merge into it. */
async function revertedTree(context: Context, step: BranchStep, base: string): Promise<string> {
  const git = await context.git();
  const message = `calm: the opposite of ${step.commit}\n`;
  const opposite = await git.writeCommit({
    ...{ tree: await git.treeOf(step.base), parents: [step.commit], message },
  });
  const preview = await git.previewMerge(base, opposite);
  if (!preview.clean) throw conflict(step, preview.conflicts);
  if (preview.tree !== (await git.treeOf(base))) return preview.tree;
  throw new Failure("beyond_undo", `${step.target} no longer holds what ${step.task} changed`, {
    hint: `See what came after: git log ${step.commit.slice(0, 12)}..${step.target}`,
  });
}

function conflict({ task, target, commit }: BranchStep, files: readonly string[]): Failure {
  const message = `What ${task} changed has been changed again on ${target}: ${files.join(", ")}`;
  return new Failure("merge_conflict", message, {
    hint: `Do it by hand on a branch of its own: git revert -m 1 ${commit.slice(0, 12)}, resolve, and merge that as a bug`,
    details: { files, task, branch: target },
  });
}

function revertMessage({ task, title, commit, id }: BranchStep, gateRun: number): string {
  const trailers = [`Calm-Task: ${task}`, `Calm-Reverts: ${id}`, `Calm-Gate-Run: ${gateRun}`];
  return `Revert "Merge task ${task}: ${title}"\n\nThis takes back ${commit}.\n\n${trailers.join("\n")}\n`;
}

function againMessage({ task, title }: BranchStep): string {
  return `Bring ${task} back: ${title}\n\nIts merge was reverted, so that merging its branch again would change nothing.\n`;
}

/** Runs the commands of the merge's gate at the revert, in a clean room: what else it asks is about the task's work. */
export async function checkRevert(
  context: Context,
  step: BranchStep,
  { candidate, revert }: BuiltRevert,
): Promise<GateReport> {
  const task = await getTask(await context.store(), step.task);
  const subject = await readGateSubject(context, task, step.transition);
  const checks = subject.gate.checks.filter(({ kind }) => kind === "command");
  const under = { commit: candidate, tree: revert.tree, base: revert.base, run: revert.gateRun };
  return runGate(context, { ...subject, gate: { ...subject.gate, checks } }, under, { noCache: false });
}
