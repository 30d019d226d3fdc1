import type { Context, Project } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Approval } from "../model/approval.ts";
import type { CheckRun, GateRun } from "../model/gate-run.ts";
import { nextTransition } from "../model/next-transition.ts";
import { type Review, type ReviewState, reviewState } from "../model/review.ts";
import type { PhaseTransition, Task } from "../model/task.ts";
import type { Worker } from "../model/worker.ts";
import type { Transition } from "../model/workflow.ts";
import { type LoadedConfig, loadConfig } from "../project/load-config.ts";
import { type Location, locateTask, reviewContent } from "../project/location.ts";
import { isApproved, listApprovals } from "../store/approvals.ts";
import { openBlockers } from "../store/blockers.ts";
import { listCheckRuns } from "../store/check-runs.ts";
import { listGateRuns } from "../store/gate-runs.ts";
import { listHistory } from "../store/history.ts";
import { listReviews } from "../store/reviews.ts";
import { findTask, listTasks } from "../store/tasks.ts";

/** Who is briefed about what. */
export interface Assignment {
  readonly task: Task;
  readonly role: string;
  readonly worker: Worker | undefined;
}

/** Everything that a briefing tells of a task besides its documents. */
export interface Facts extends Assignment {
  readonly project: Project;
  readonly loaded: LoadedConfig;
  /** Where the work stands; a Failure when a worktree cannot be read. */
  readonly location: Location | Failure;
  /** The transition before which the task stands; undefined when it is DONE. */
  readonly transition: Transition | undefined;
  readonly openBlockers: readonly string[];
  readonly subtasks: readonly Task[];
  readonly history: readonly PhaseTransition[];
  /** The newest run of each transition, oldest first, with the checks that are not fulfilled. */
  readonly runs: readonly { readonly run: GateRun; readonly unmet: readonly CheckRun[] }[];
  readonly reviews: readonly (Review & { readonly state: ReviewState | "unknown" })[];
  readonly approvals: readonly Approval[];
  /** Whether a person has let the content pass that the newest run of the next gate looked at. */
  readonly approved: boolean;
}

/** Reads everything that a briefing tells of a task. */
export async function gatherFacts(context: Context, assignment: Assignment): Promise<Facts> {
  const { task } = assignment;
  const store = await context.store();
  const loaded = await loadConfig(context);
  const location = await locate(context, task, loaded);
  const subtasks = await listTasks(store, { spec: task.id, includeDone: true });
  const transition = nextTransition(task, subtasks.length);
  const runs = await newestRuns(context, task);
  const newest = runs.find(({ run }) => run.transition === transition)?.run;
  return {
    ...assignment,
    project: await context.project(),
    loaded,
    location,
    transition,
    openBlockers: await openBlockers(store, task.id),
    subtasks,
    history: await listHistory(store, task.id),
    runs,
    reviews: await judgeReviews(context, task, location, loaded),
    approvals: await listApprovals(store, task.id),
    approved: newest !== undefined && (await isApproved(store, task, newest.transition, newest.anchor)),
  };
}

/** What a worker must hear together with everything else, instead of it. */
const astray: readonly string[] = ["worktree_not_found", "worktree_unreadable", "branch_moved"];

/** Where the work stands; a Failure when the worktree of the task, or of its parent, cannot be read as it is. */
async function locate(context: Context, task: Task, loaded: LoadedConfig): Promise<Location | Failure> {
  const parent = task.spec_id === null ? undefined : await findTask(await context.store(), task.spec_id);
  try {
    if (parent) await locateTask(context, parent, loaded);
    return await locateTask(context, task, loaded);
  } catch (error) {
    if (error instanceof Failure && astray.includes(error.code)) return error;
    throw error;
  }
}

async function newestRuns(context: Context, task: Task): Promise<Facts["runs"]> {
  const store = await context.store();
  const newest = new Map<string, GateRun>();
  for (const run of await listGateRuns(store, task.id)) {
    newest.delete(run.transition); // so that the order is that of the newest runs
    newest.set(run.transition, run);
  }
  const runs: { run: GateRun; unmet: CheckRun[] }[] = [];
  for (const run of newest.values()) {
    const checks = run.verdict === "pass" ? [] : await listCheckRuns(store, run.id);
    runs.push({ run, unmet: checks.filter(({ verdict }) => verdict === "fail") });
  }
  return runs;
}

async function judgeReviews(
  context: Context,
  task: Task,
  location: Location | Failure,
  loaded: LoadedConfig,
): Promise<Facts["reviews"]> {
  const reviews = await listReviews(await context.store(), task.id);
  if (location instanceof Failure) return reviews.map((review) => ({ ...review, state: "unknown" as const }));
  const present = new Map<string, string | undefined>();
  for (const type of new Set(reviews.map((review) => review.review_type))) {
    present.set(type, (await reviewContent(context, task, type, location, loaded)).content);
  }
  return reviews.map((review) => ({
    ...review,
    state: reviewState(review, present.get(review.review_type)),
  }));
}
