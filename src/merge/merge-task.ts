import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../model/task.ts";
import { listApprovals } from "../store/approvals.ts";
import { listDueJobs } from "../store/counters.ts";
import { findJournal } from "../store/journal.ts";
import type { Turn } from "../store/merge-queue.ts";
import { getTask } from "../store/tasks.ts";
import { requireCommitted } from "../worktree/uncommitted.ts";
import { admit, admitDocuments, type Admitted, requireUnlocked } from "./admit.ts";
import { administer } from "./administer.ts";
import { awaitTurn } from "./await-turn.ts";
import { buildCandidate } from "./build-candidate.ts";
import { checkCandidate, heldChecks } from "./check-candidate.ts";
import { chooseBase } from "./choose-base.ts";
import { cleanUp, isCleared } from "./clean-up.ts";
import { finishInterrupted, followMerge } from "./follow-merge.ts";
import { mergeCommand } from "./merge-command.ts";
import { abandon, type BuiltMerge, isBeforePublishing, MergeJournal } from "./merge-journal.ts";
import type { MergeOutcome } from "./merge-outcome.ts";
import { holdPlace, joinQueue, type OwnPlace, withdrawCandidate } from "./merge-queue.ts";
import { rehearseMove } from "./move-branch.ts";
import { type HeldChecks, publish } from "./publish.ts";
import { pushCandidate } from "./push.ts";
import { recordMerge } from "./record.ts";
import { finishMerge } from "./recover-merge.ts";
import { syncDependencies } from "./sync-dependencies.ts";

/** Each time somebody else has moved the default branch; another merge of calm's does not while one has its turn. */
const attempts = 20;

/** How a merge is to be made. */
export interface MergeOptions {
  /** A person merges although merge_lock is set. */
  readonly despiteLock: boolean;
  readonly noCache: boolean;
  /** Land the documents of a task alone, whatever its phase. */
  readonly docs: boolean;
  /** Install what changed lock files ask for, in the main checkout. */
  readonly sync: boolean;
  /** Milliseconds to wait for those who are ahead, since the queue has last moved on. */
  readonly wait: number;
}

/** Merges a task: builds the result aside, checks it, and moves the default branch to it by compare-and-swap. */
export async function mergeTask(context: Context, named: Task, options: MergeOptions): Promise<MergeOutcome> {
  const kind = options.docs ? "docs" : "merge";
  const finished = await finishInterrupted(context, named.id, kind);
  if (finished) return finished;
  for (;;) {
    const joined = await joinQueue(context, { task: named.id, kind });
    const outcome =
      "other" in joined
        ? await followMerge(context, joined.other, options)
        : await mergeFrom(context, joined, named.id, options);
    if (!outcome || ("other" in joined && joined.other.kind !== kind)) continue;
    const { landed, subject, merge } = outcome;
    // Nobody has to wait for an installation.
    if (landed && subject) await syncDependencies(context, subject, merge, options.sync);
    return outcome;
  }
}

/** Merges from a place in the queue; undefined when the place was lost. */
async function mergeFrom(
  context: Context,
  { own: place, turn: first }: OwnPlace,
  id: string,
  options: MergeOptions,
): Promise<MergeOutcome | undefined> {
  const wanted = { task: id, docs: options.docs };
  return holdPlace(context, place, async () => {
    const ready = async (): Promise<Admitted> => {
      if (!options.despiteLock) await requireUnlocked(await context.store());
      const task = await getTask(await context.store(), id);
      return options.docs ? admitDocuments(context, task) : admit(context, task);
    };
    // What cannot be merged is not told so only after a long wait.
    if (!first) await requireCommitted(context, (await ready()).worktree);
    const waiting = { ...options, ahead: !options.noCache && !options.docs };
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const given = attempt === 1 ? first : undefined;
      const turn = given ?? (await awaitTurn(context, place, wanted, waiting));
      if (!turn) return undefined;
      const outcome = await tryMerge(context, await ready(), options, turn);
      if (outcome) return outcome;
      await withdrawCandidate(context, turn);
      context.progress(
        `others went ahead, or the default branch has moved; building the merge of ${id} again`,
      );
    }
    throw new Failure(
      "lost_race",
      `The default branch moved ${attempts} times while ${id} was being checked`,
      {
        hint: `Try again: ${mergeCommand(wanted)}`,
      },
    );
  });
}

async function tryMerge(
  context: Context,
  admitted: Admitted,
  options: MergeOptions,
  turn: Turn,
): Promise<MergeOutcome | undefined> {
  const id = context.newId("OP");
  const plan = await planMerge(context, admitted, options);
  const overrides = options.docs ? [] : await overrideTrailers(context, admitted.subject.task);
  const merge = await buildCandidate(context, id, plan, { overrides, turn });
  try {
    const report = await checkCandidate(context, admitted, merge, options);
    const told = { merge, subject: admitted.subject, ...(report && { report }) };
    if (report && report.run.verdict !== "pass") {
      await abandon(context, id, merge);
      return { ...told, landed: false, removed: false, due: [] };
    }
    await rehearseMove(context, merge);
    const held = await heldChecks(context, admitted, report, turn);
    const landed = await administer(context, () => land(context, id, merge, held), { begun: id });
    return landed && { ...landed, ...told, landed: true };
  } catch (error) {
    // From publishing on only recovery may decide what becomes of it, and has done so, or will at the next command.
    const entry = await findJournal(await context.store(), id);
    if (entry && isBeforePublishing(entry.state)) await abandon(context, id, merge);
    throw error;
  }
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
    ...{ head: location.commit, actor: context.actor.name, forced: options.despiteLock, docs: options.docs },
    push: loaded.config.merge.push,
  };
}

/** Publishes and records; what goes wrong is put right at once, as a successor of a killed process would. */
async function land(
  context: Context,
  id: string,
  merge: BuiltMerge,
  held: HeldChecks,
): Promise<Pick<MergeOutcome, "removed" | "due" | "push"> | undefined> {
  let problem: Error | undefined;
  try {
    if (await publish(context, id, merge, held)) {
      const push = merge.push === true ? await pushCandidate(context, id, merge) : undefined;
      if (push !== "withdrawn") {
        const due = await recordMerge(context, id, merge);
        // Without a push this is a moment after the gate has looked into the worktree for the last time.
        const removed = await cleanUp(context, id, merge, { lookedInto: merge.push !== true });
        return { removed, due, ...(push && { push }) };
      }
    }
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
  }
  const store = await context.store();
  const entry = await findJournal(store, id);
  if (entry && (await finishMerge(context, id, entry.state, MergeJournal.parse(entry.data)))) {
    return { removed: await isCleared(context, merge.task), due: await listDueJobs(store) };
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
