import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { emptyConfig, type ProjectConfig } from "../model/config.ts";
import type { Counter } from "../model/counter.ts";
import type { Worker } from "../model/worker.ts";
import { allPhases, gateOf, transitions } from "../model/workflow.ts";
import { loadConfig } from "../project/load-config.ts";
import { listCounters } from "../store/counters.ts";
import { type JournalEntry, listOpenJournal } from "../store/journal.ts";
import { listOpenTasks, type OpenTask } from "../store/open-tasks.ts";
import { listPresentWorkers } from "../store/workers.ts";
import { markStaleWorkers } from "../workers/mark-stale.ts";
import { listWorktreePlaces, type WorktreePlace } from "../store/worktrees.ts";

const hour = 3_600_000;

/** Days without any sign of life after which an open task that nothing blocks counts as stuck. */
export const stuckAfterDays = 7;
/** Hours for which a worker that went stale is still spoken of. */
const remembered = 24;

/** An open task, with what holds it up. */
export interface TaskState extends OpenTask {
  readonly stuck: boolean;
  /** The command by which a person lets it go on, when nothing else is missing. */
  readonly waiting: string | undefined;
}

/** What the database says of a project as it stands now. */
export interface ProjectState {
  /** In workflow order, the urgent ones first. */
  readonly tasks: readonly TaskState[];
  readonly worktrees: readonly WorktreePlace[];
  readonly workers: readonly Worker[];
  readonly counters: readonly Counter[];
  /** Operations that have not ended, whether somebody is still at work on them or not. */
  readonly journal: readonly JournalEntry[];
}

/** Reads how a project stands; asks git only where a task may be waiting for a person. */
export async function readProjectState(context: Context): Promise<ProjectState> {
  const store = await context.store();
  return {
    tasks: await listTaskStates(context),
    worktrees: await listWorktreePlaces(store),
    workers: await listWorkerStates(context),
    counters: await listCounters(store),
    journal: await listOpenJournal(store),
  };
}

/** The open tasks of the project in workflow order, the urgent ones first, with what holds them up. */
export async function listTaskStates(context: Context): Promise<TaskState[]> {
  const tasks = await listOpenTasks(await context.store());
  const cutoff = before(context, stuckAfterDays * 24 * hour);
  const approving = await approvingTransitions(context, tasks);
  const rank = new Map(allPhases.map((phase, index) => [phase, index]));
  return tasks
    .map((task) => {
      const { id, unapproved } = task;
      const waits = unapproved !== undefined && approving.has(unapproved);
      const waiting = waits ? `calm approve ${id} ${unapproved}` : undefined;
      return { ...task, waiting, stuck: !task.blocked && !waits && task.activeAt < cutoff };
    })
    .sort((a, b) => (rank.get(a.phase) ?? 0) - (rank.get(b.phase) ?? 0));
}

/** The transitions that a person has to approve; the configuration is read only if a task could be at one. */
async function approvingTransitions(
  context: Context,
  tasks: readonly OpenTask[],
): Promise<ReadonlySet<string>> {
  const asked = new Set(tasks.map((task) => task.unapproved));
  const possible = transitions.filter((name) => asked.has(name) && gateOf(name).movedBy === "transition");
  if (possible.length === 0) return new Set();
  const { gates } = await configOrNone(context);
  return new Set(possible.filter((name) => (gates[name]?.approval ?? gateOf(name).approval) === "person"));
}

/** Without a configuration that can be read, what the workflow says by itself is shown. */
async function configOrNone(context: Context): Promise<ProjectConfig> {
  try {
    return (await loadConfig(context)).config;
  } catch (error) {
    if (error instanceof Failure) return emptyConfig;
    throw error;
  }
}

/** The workers that are there or went stale lately, oldest first; a stale one whose role somebody took over is left out. */
export async function listWorkerStates(context: Context): Promise<Worker[]> {
  await markStaleWorkers(context);
  const workers = await listPresentWorkers(await context.store(), before(context, remembered * hour));
  return workers.filter((one) => one.status !== "stale" || !isTakenOver(one, workers));
}

function isTakenOver(worker: Worker, all: readonly Worker[]): boolean {
  const { task_id: task, role, started_at: started } = worker;
  return all.some((one) => one.task_id === task && one.role === role && one.started_at > started);
}

function before(context: Context, milliseconds: number): string {
  return new Date(Math.max(0, Date.parse(context.now()) - milliseconds)).toISOString();
}
