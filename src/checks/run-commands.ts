import type { Context } from "../context.ts";
import type { Room } from "../model/gate-run.ts";
import type { Task } from "../model/task.ts";
import type { VerdictKey } from "../store/check-runs.ts";
import { setWorktreeSetup, type WorktreeRecord } from "../store/worktrees.ts";
import type { CommandResult } from "./check.ts";
import { withCleanRoom } from "./clean-room.ts";
import type { CommandDefinition } from "./command/definition.ts";
import type { Setup } from "./command/setup.ts";
import type { Flights } from "./flights.ts";
import { inParallel } from "./in-parallel.ts";
import { installFacts, isSetUp, recordedSetup } from "./installed.ts";
import { problemBefore } from "./problem-before.ts";
import type { ProjectCommands } from "./project-commands.ts";
import { reuseVerdict } from "./reuse-verdict.ts";
import { notReady, runJob } from "./run-job.ts";
import { runSetup, type SetupPlan, setupKey } from "./set-up.ts";
import { treeReader } from "./tree-reader.ts";
import { lockFiles, verdictKeys } from "./verdict-key.ts";

/** What the commands of one gate run have in common. */
export interface RunScope {
  readonly context: Context;
  readonly task: Task;
  readonly commands: ProjectCommands;
  readonly worktree: WorktreeRecord | undefined;
  /** A text that no other run has. */
  readonly marker: string;
  readonly logFolder: string;
  readonly noCache: boolean;
  /** Absent where no verdict is recorded that others could wait for. */
  readonly flights?: Flights;
  /** Told when a command is about to start, or has to wait for a slot. */
  readonly underWay?: () => void;
}

/** One command to run at one commit. */
export interface CommandJob {
  readonly definition: CommandDefinition;
  readonly room: Room;
  /** What is told while it runs, where that is not simply the check. */
  readonly told?: string;
}

/** Runs the commands of a gate run, or gives the verdicts that they already have. */
export interface CommandRunner {
  readonly commands: ProjectCommands;
  /** Whether verdicts of earlier runs must not be reused. */
  readonly noCache: boolean;
  /** The results in the order of the jobs. */
  run(jobs: readonly CommandJob[], at: { commit: string; tree: string }): Promise<CommandResult[]>;
  /** The key under which a job's verdict is kept. */
  keyOf(job: CommandJob, at: { commit: string; tree: string }): Promise<VerdictKey>;
  /** The same for rooms that another setup prepares. */
  withSetup(setup: Setup): CommandRunner;
}

/** A runner for one gate run. */
export function createCommandRunner(scope: RunScope): CommandRunner {
  const keyOf = verdictKeys(scope);
  return {
    commands: scope.commands,
    noCache: scope.noCache,
    keyOf,
    withSetup: (setup) => createCommandRunner({ ...scope, commands: { ...scope.commands, setup } }),
    run: async (jobs, at) => {
      const results = new Map<CommandJob, CommandResult>();
      const wanted = await Promise.all(jobs.map(async (job) => ({ job, key: await keyOf(job, at) })));
      const waiting = await withoutKnown(scope, wanted, results);
      for (const room of ["worktree", "clean"] as const) {
        const here = waiting.filter(({ job }) => job.room === room);
        if (here.length > 0) await runInRoom(scope, room, at, here, results);
      }
      return jobs.map((job) => resultOf(job, results));
    },
  };
}

/** A job without a result must not be passed over: what stands behind it in the list would take its place. */
function resultOf(job: CommandJob, results: ReadonlyMap<CommandJob, CommandResult>): CommandResult {
  const result = results.get(job);
  if (!result) throw new Error(`the check ${job.definition.check} gave no result`);
  return result;
}

type Waiting = readonly { readonly job: CommandJob; readonly key: VerdictKey }[];

/**
 * Leaves what has to be run here: no earlier verdict serves, and nobody else is about to give one. A run without the
 * cache waits for nobody; its own verdict is as good for others as any.
 */
async function withoutKnown(
  scope: RunScope,
  wanted: Waiting,
  results: Map<CommandJob, CommandResult>,
): Promise<Waiting> {
  const store = await scope.context.store();
  const stillUnknown = async (): Promise<Waiting> => {
    for (const { job, key } of scope.noCache ? [] : wanted) {
      const cached = results.get(job) ?? (await reuseVerdict(store, key, job.room));
      if (cached) results.set(job, cached);
    }
    return wanted.filter(({ job }) => !results.has(job));
  };
  for (;;) {
    const waiting = await stillUnknown();
    const checks = waiting.map(({ job: { room }, key }) => ({ ...key, room }));
    if (checks.length === 0 || !scope.flights) return waiting;
    // Somebody may have ended, and recorded it, between the look and the taking.
    if (await scope.flights.take(checks, !scope.noCache)) return await stillUnknown();
  }
}

async function runInRoom(
  scope: RunScope,
  room: Room,
  at: { commit: string; tree: string },
  waiting: Waiting,
  results: Map<CommandJob, CommandResult>,
): Promise<void> {
  const { context } = scope;
  const key = setupKey(scope.commands.setup, await lockFiles(scope, at.commit));
  const tree = treeReader(await context.git(), at.commit);
  const prepare = (plan: SetupPlan) => runSetup(context, plan, scope.task.id, scope.logFolder, scope.marker);
  const work = async (path: string, problem: string | undefined): Promise<void> => {
    await inParallel(waiting, context.cores, async ({ job, key: verdictKey }) => {
      const place = { room: { path, kind: room }, tree, key: verdictKey };
      const found = problem ?? (await problemBefore(scope, job, at, path));
      const result = found === undefined ? await runJob(scope, job, place) : notReady(job, found, verdictKey);
      results.set(job, result);
    });
  };
  if (room === "clean") {
    await withCleanRoom(context, { commit: at.commit, setup: scope.commands.setup, key }, prepare, work);
  } else if (scope.worktree) {
    await work(scope.worktree.path, await readyWorktree(scope, scope.worktree, key, prepare));
  } else {
    const problem = `${scope.task.id} has no worktree; make one: calm worktree create ${scope.task.id}`;
    for (const { job, key: verdictKey } of waiting) results.set(job, notReady(job, problem, verdictKey));
  }
}

/** Sets a worktree up before its first check: without an install of its own it would test the main checkout's. */
async function readyWorktree(
  scope: RunScope,
  worktree: WorktreeRecord,
  key: string,
  prepare: (plan: SetupPlan) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (isSetUp(worktree.setup_key, key) || scope.commands.setup.commands.length === 0) return undefined;
  const store = await scope.context.store();
  const problem = await prepare({ path: worktree.path, kind: "worktree", setup: scope.commands.setup });
  const recorded = recordedSetup(key, installFacts(worktree.path));
  if (problem === undefined) await store.housekeep((tx) => setWorktreeSetup(tx, worktree.task_id, recorded));
  return problem;
}
