import { join } from "node:path";
import type { Context } from "../context.ts";
import type { Room } from "../model/gate-run.ts";
import { shortId } from "../model/id.ts";
import type { Task } from "../model/task.ts";
import type { VerdictKey } from "../store/check-runs.ts";
import { setWorktreeSetup, type WorktreeRecord } from "../store/worktrees.ts";
import { makePrivateFolder, removeTree } from "../system/files.ts";
import { type CommandResult, lookedAt } from "./check.ts";
import { withCleanRoom } from "./clean-room.ts";
import { type CommandDefinition, commandText, type TreeReader } from "./command/definition.ts";
import type { Setup } from "./command/setup.ts";
import { runCommandCheck } from "./command/run-check-command.ts";
import { inParallel } from "./in-parallel.ts";
import { installFacts, isSetUp, recordedSetup } from "./installed.ts";
import { environmentIn, withLeftOut } from "./isolation.ts";
import { problemBefore } from "./problem-before.ts";
import type { ProjectCommands } from "./project-commands.ts";
import { reuseVerdict } from "./reuse-verdict.ts";
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
      const store = await scope.context.store();
      const results = new Map<CommandJob, CommandResult>();
      const waiting: { job: CommandJob; key: VerdictKey }[] = [];
      for (const job of jobs) {
        const key = await keyOf(job, at);
        const cached = scope.noCache ? undefined : await reuseVerdict(store, key, job.room);
        if (cached) results.set(job, cached);
        else waiting.push({ job, key });
      }
      for (const room of ["worktree", "clean"] as const) {
        const here = waiting.filter(({ job }) => job.room === room);
        if (here.length > 0) await runInRoom(scope, room, at, here, results);
      }
      return jobs.map((job) => results.get(job)).filter((result) => result !== undefined);
    },
  };
}

type Waiting = readonly { readonly job: CommandJob; readonly key: VerdictKey }[];

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
      const place = { path, kind: room };
      const found = problem ?? (await problemBefore(scope, job, at, path));
      const result =
        found === undefined
          ? await runJob(scope, job, place, tree, verdictKey)
          : notReady(job, found, verdictKey);
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
  const recorded = recordedSetup(key, await installFacts(worktree.path));
  if (problem === undefined) await store.housekeep((tx) => setWorktreeSetup(tx, worktree.task_id, recorded));
  return problem;
}

function narrate(context: Context, job: CommandJob, what: string): void {
  context.progress(`${job.told ?? job.definition.check} (${job.room}): ${what}`);
}

async function runJob(
  scope: RunScope,
  job: CommandJob,
  place: { path: string; kind: Room },
  tree: TreeReader,
  key: VerdictKey,
): Promise<CommandResult> {
  const { context } = scope;
  const { check, run } = job.definition;
  // The proof of a regression test runs the same check on another tree.
  const name = `${check}-${job.room}-${shortId(key.tree)}`;
  const tempDir = join(scope.logFolder, `report-${name}`);
  await makePrivateFolder(tempDir);
  const own = await environmentIn(context, place.path);
  narrate(context, job, commandText(run));
  const ran = await runCommandCheck({
    definition: job.definition,
    room: place,
    task: scope.task.id,
    env: own.env,
    logPath: join(scope.logFolder, `${name}.log`),
    tempDir,
    marker: scope.marker,
    signal: context.signal,
    tree,
  });
  await removeTree(tempDir);
  narrate(context, job, `${ran.verdict} after ${(ran.durationMs / 1000).toFixed(1)} s`);
  const { verdict, counts, failedTests } = ran;
  const evidence = {
    ...{ room: job.room, argv: [...ran.argv], exit_code: ran.exitCode, signal: ran.signal, counts },
    ...{ duration_ms: ran.durationMs, log_path: ran.logPath },
    ...{ log_sha256: ran.logSha256, log_bytes: ran.logBytes },
    ...{ cached_from: null, attempts: 1, ...key },
  };
  const message = withTail(ran.message, verdict, ran.tail);
  return withLeftOut({ verdict, message, counts, failedTests, evidence }, own);
}

const shownLines = 15;

function withTail(message: string, verdict: "pass" | "fail", tail: readonly string[]): string {
  const lines = tail.filter((line) => line.trim() !== "").slice(-shownLines);
  return verdict === "pass" || lines.length === 0 ? message : `${message}\n${lines.join("\n")}`;
}

function notReady(job: CommandJob, problem: string, key: VerdictKey): CommandResult {
  const evidence = { ...lookedAt(job.definition.check, key.tree), ...key, room: job.room };
  return { verdict: "fail", message: problem, counts: null, failedTests: [], evidence };
}
