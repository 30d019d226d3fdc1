import type { GateReport } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Push } from "../model/push.ts";
import { findJournal, openJournal } from "../store/journal.ts";
import { administer } from "./administer.ts";
import { requireUnlocked } from "./admit.ts";
import { buildRevert, checkRevert } from "./build-revert.ts";
import { abandon, isBeforePublishing, pinRef, UndoJournal } from "./merge-journal.ts";
import { moveToCandidate, rehearseMove } from "./move-branch.ts";
import type { BranchStep } from "./plan-branch-undo.ts";
import { nameOfCall, overtaken, planUndo, type UndoPlan } from "./plan-undo.ts";
import { pushCandidate } from "./push.ts";
import { recoverUndo } from "./recover-undo.ts";
import { isRefusedBySystem } from "./undo-worktrees.ts";
import { finishUndo, recordMoved, startMoving, undoRows } from "./undo-record.ts";

/** Each time somebody else's merge has landed meanwhile. */
const attempts = 20;

/** How taking an operation back ended. */
export interface UndoOutcome {
  /** What was carried out; it may have become a revert meanwhile. */
  readonly plan: UndoPlan;
  /** False = the revert is red, and nothing has changed. */
  readonly undone: boolean;
  /** The commit that the default branch is at now. */
  readonly commit: string | undefined;
  readonly report: GateReport | undefined;
  /** The tasks whose worktrees are not what they are to be; what prevented it was told. */
  readonly left: readonly string[];
  /** Absent when nothing was to be pushed. */
  readonly push?: Push;
}

/** What became of worktrees and of the push, once the default branch has moved. */
type Landed = Pick<UndoOutcome, "left" | "push">;

/** Takes the operation of a plan back, which must still be the last one. */
export async function undoOperation(context: Context, planned: UndoPlan): Promise<UndoOutcome> {
  if (!planned.branch && planned.steps.length === 0) {
    return undoWithoutBranch(context, planned);
  }
  if (planned.branch) await requireUnlocked(await context.store());
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { branch } = planned;
    const outcome =
      branch?.how === "revert"
        ? await revertMerge(context, planned, branch)
        : await undoUnderLock(context, planned);
    if (outcome) return outcome;
    context.progress("the default branch has moved meanwhile; trying again");
  }
  throw new Failure("lost_race", `The default branch moved ${attempts} times meanwhile`, {
    hint: "Try again",
  });
}

async function undoWithoutBranch(context: Context, plan: UndoPlan): Promise<UndoOutcome> {
  const left = await undoRows(context, plan, toJournal(context, plan, ""));
  return { plan, undone: true, commit: undefined, report: undefined, left };
}

/** Takes back what needs no gate; what the branch was before has been in the checkout, but its contents may be gone. */
async function undoUnderLock(context: Context, planned: UndoPlan): Promise<UndoOutcome | undefined> {
  const { branch } = planned;
  if (branch)
    await rehearseMove(context, { target: branch.target, old: branch.commit, candidate: branch.old });
  return administer(context, async () => undoAlone(context, await planAgain(context, planned)));
}

/** Plans anew under the lock: what was planned without it may be done already, or be done in another way now. */
async function planAgain(context: Context, planned: UndoPlan): Promise<UndoPlan> {
  // What else was done while a revert was checked does not end it.
  const plan = await planUndo(context, planned.branch?.how === "revert" ? planned.call.events : undefined);
  if (plan.call.events.at(-1) !== planned.call.events.at(-1)) throw overtaken(planned.call);
  if (plan.branch?.how === planned.branch?.how) return plan;
  throw new Failure(
    "lost_race",
    `${plan.branch?.because ?? "The default branch moved"}, so it must be reverted`,
    {
      hint: "Try again: calm undo",
    },
  );
}

function toJournal(context: Context, { call, steps, branch }: UndoPlan, old: string): UndoJournal {
  return {
    ...{ kind: "undo", events: [...call.events], what: nameOfCall(call), steps: [...steps], old },
    ...{ task: branch?.task ?? steps[0]?.task ?? call.task ?? "", actor: context.actor.name },
    target: branch?.target ?? "",
    ...(branch && {
      merge: { id: branch.id, commit: branch.commit, head: branch.head, push: branch.push },
    }),
  };
}

/** The caller holds the lock. */
async function undoAlone(context: Context, plan: UndoPlan): Promise<UndoOutcome | undefined> {
  const { branch } = plan;
  if (!branch) {
    return undoWithoutBranch(context, plan);
  }
  const id = context.newId("OP");
  const data = { ...toJournal(context, plan, branch.commit), candidate: branch.old };
  const store = await context.store();
  await store.housekeep((tx) => openJournal(tx, { id, task: branch.task, state: "intent", data }));
  const git = await context.git();
  // Once the branch has left it nothing else may hold the merge.
  if (!(await git.moveRef(pinRef(id), branch.commit, undefined, "calm: undo"))) {
    throw new Failure("lost_race", `${pinRef(id)} exists already`, { hint: "Try again" });
  }
  const landed = await land(context, id, plan, data);
  return landed && { plan, undone: true, commit: branch.old, report: undefined, ...landed };
}

async function revertMerge(
  context: Context,
  plan: UndoPlan,
  branch: BranchStep,
): Promise<UndoOutcome | undefined> {
  const id = context.newId("OP");
  const built = await buildRevert(context, id, branch, toJournal(context, plan, branch.commit));
  try {
    const report = await checkRevert(context, branch, built);
    if (report.run.verdict !== "pass") {
      await abandon(context, id, built);
      return { plan, undone: false, commit: undefined, report, left: [] };
    }
    await rehearseMove(context, built);
    const landed = await administer(context, async () =>
      land(context, id, await planAgain(context, plan), built),
    );
    return landed && { plan, undone: true, commit: built.candidate, report, ...landed };
  } catch (error) {
    // From publishing on only recovery may decide what becomes of it, and has done so, or will at the next command.
    const entry = await findJournal(await context.store(), id);
    if (entry && isBeforePublishing(entry.state)) await abandon(context, id, built);
    throw error;
  }
}

/** Moves the branch and records it; what goes wrong is put right at once, as a successor of a killed process would. */
async function land(
  context: Context,
  id: string,
  plan: UndoPlan,
  data: UndoJournal & { readonly candidate: string },
): Promise<Landed | undefined> {
  let problem: Error | undefined;
  const store = await context.store();
  try {
    const start = async (begun: UndoJournal): Promise<boolean> => {
      await store.housekeep((tx) => startMoving(tx, id, plan, begun));
      return true;
    };
    if (await moveToCandidate(context, id, data, start)) {
      const push = data.push === true ? await pushCandidate(context, id, data) : undefined;
      if (push !== "withdrawn") {
        await recordMoved(context, id, data);
        return { left: await finishUndo(context, id, data, { again: true }), ...(push && { push }) };
      }
    }
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
  }
  const entry = await findJournal(store, id);
  // The rest is for a time at which the system no longer refuses it.
  if (isRefusedBySystem(problem) && entry?.state === "published") throw problem;
  const left = entry && (await recoverUndo(context, id, entry.state, UndoJournal.parse(entry.data)));
  if (left) return { left };
  if (problem) throw problem;
  return undefined;
}
