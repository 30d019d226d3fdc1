import { join } from "node:path";
import type { Activity } from "../context.ts";
import type { Room } from "../model/gate-run.ts";
import { shortId } from "../model/id.ts";
import type { VerdictKey } from "../store/check-runs.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { removeLeftovers } from "../system/leftovers.ts";
import { attemptLog } from "./attempt-logs.ts";
import { type CommandResult, lookedAt } from "./check.ts";
import { withCommandSlot } from "./command-slot.ts";
import { commandText, fileNameOf, type Runner, runsCommand, type TreeReader } from "./command/definition.ts";
import type { OwnEnvironment } from "./command/own-environment.ts";
import { type CommandEvidence, runCommandCheck } from "./command/run-check-command.ts";
import { environmentIn, withLeftOut } from "./isolation.ts";
import type { ProjectCommands } from "./project-commands.ts";
import type { CommandJob, RunScope } from "./run-commands.ts";

/** Where a job is run, and for which verdict. */
export interface JobPlace {
  readonly room: { readonly path: string; readonly kind: Room };
  readonly tree: TreeReader;
  readonly key: VerdictKey;
}

/** Runs the command of a job, again after a failure as often as its check allows, and gives the verdict of all attempts. */
export async function runJob(scope: RunScope, job: CommandJob, place: JobPlace): Promise<CommandResult> {
  const most = job.definition.retries + 1;
  const own = await environmentIn(scope.context, place.room.path);
  const ran = [await runAttempt(scope, job, { ...place, ...own }, 1)] as Attempts;
  for (let last = ran[0]; ran.length < most && mayBeRetried(last); ran.push(last))
    last = await runAttempt(scope, job, { ...place, ...own }, ran.length + 1);
  return withLeftOut(resultOf(job, place, ran, most), own);
}

/**
 * Red tests and a red exit code may be chance. A missing tool, a report that is not there, a time-out, a crash and left
 * processes are none, or cost too much to try twice; and what was interrupted is not to go on.
 */
function mayBeRetried({ verdict, end, exitCode, counts }: CommandEvidence): boolean {
  if (verdict === "pass" || end !== "exit" || exitCode === null) return false;
  const isMissing = exitCode === 126 || exitCode === 127;
  return !isMissing && (exitCode !== 0 || (counts !== null && counts.failed + counts.errors > 0));
}

async function runAttempt(
  { context, commands, logFolder, task, marker, underWay }: RunScope,
  job: CommandJob,
  { room, tree, key, env }: JobPlace & Pick<OwnEnvironment, "env">,
  attempt: number,
): Promise<CommandEvidence> {
  const { definition } = job;
  const { signal } = context;
  // The proof of a regression test runs the same check on another tree.
  const name = `${fileNameOf(definition.check)}-${job.room}-${shortId(key.tree)}`;
  const tempDir = join(logFolder, `report-${name}`);
  const again = attempt === 1 ? "" : `, attempt ${attempt}`;
  const activity = await context.begin(`${job.told ?? definition.check} (${job.room}${again})`);
  const state: Activity["state"] = (kind, what) => {
    activity.state(kind, what);
    underWay?.();
  };
  try {
    return await withCommandSlot(context, { state }, env, async (inherited) => {
      makePrivateFolder(tempDir);
      if (!signal.aborted) state("running", commandText(definition.run));
      const ran = await runCommandCheck({
        ...{ definition, room, task: task.id, env: inherited, tempDir, marker, tree },
        folders: foldersOfRunner(commands, definition.runner),
        scripts: { git: await context.git(), mainRepo: (await context.project()).root },
        signal,
        onLine: (line) => {
          activity.output(line);
        },
        logPath: attemptLog(join(logFolder, `${name}.log`), attempt),
      });
      const verdict = ran.end === "interrupted" ? ran.end : ran.verdict;
      activity.end(`${verdict} after ${(ran.durationMs / 1000).toFixed(1)} s`);
      return ran;
    });
  } finally {
    activity.end();
    await removeLeftovers(tempDir);
  }
}

function foldersOfRunner({ checks }: ProjectCommands, runner: Runner): string[] {
  const same = [...checks.values()].filter(runsCommand).filter((one) => one.runner === runner);
  return same.map(({ folder }) => folder);
}

type Attempts = [CommandEvidence, ...CommandEvidence[]];

function resultOf(job: CommandJob, { key }: JobPlace, ran: Attempts, most: number): CommandResult {
  const last = ran.at(-1) ?? ran[0];
  const flaky = last.verdict === "pass" && ran.length > 1;
  const evidence = {
    ...{ room: job.room, argv: [...last.argv], exit_code: last.exitCode, signal: last.signal },
    ...{ counts: last.counts, duration_ms: ran.reduce((sum, one) => sum + one.durationMs, 0) },
    ...{ log_path: last.logPath, log_sha256: last.logSha256, log_bytes: last.logBytes },
    ...{ cached_from: null, attempts: ran.length, ...key },
  };
  return {
    verdict: flaky ? "flaky" : last.verdict,
    message: flaky ? flakyMessage(ran, last, most) : messageOf(ran, last, most),
    counts: last.counts,
    failedTests: flaky ? failedBefore(ran) : last.failedTests,
    testRuns: ran.flatMap(({ counts, failedTests, durationMs }) =>
      counts === null ? [] : [{ counts, failedTests, durationMs }],
    ),
    evidence,
  };
}

/** The tests that failed in any attempt, each once, with its first message. */
function failedBefore(ran: Attempts): CommandResult["failedTests"] {
  const all = ran.flatMap(({ failedTests }) => failedTests);
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

const namedTests = 3;

function flakyMessage(ran: Attempts, { message }: CommandEvidence, most: number): string {
  const names = failedBefore(ran).map(({ name }) => name);
  const more = names.length > namedTests ? `, and ${names.length - namedTests} more` : "";
  const before = names.length > 0 ? names.slice(0, namedTests).join(", ") + more : withoutLog(ran[0].message);
  return `passed in attempt ${ran.length} of ${most} (flaky): ${message}; failed before: ${before}`;
}

/** The logs of all attempts are named apart. */
function withoutLog(message: string): string {
  return message.split("; log: ")[0] ?? message;
}

const shownLines = 15;

function messageOf(ran: Attempts, { verdict, message, tail }: CommandEvidence, most: number): string {
  if (verdict === "pass") return message;
  const told = ran.length > 1 ? `${message} (attempt ${ran.length} of ${most})` : message;
  const lines = tail.filter((line) => line.trim() !== "").slice(-shownLines);
  return [told, ...lines].join("\n");
}

/** The result of a job whose room could not be made ready. */
export function notReady(job: CommandJob, problem: string, key: VerdictKey): CommandResult {
  const evidence = { ...lookedAt(job.definition.check, key.tree), ...key, room: job.room };
  return { verdict: "fail", message: problem, counts: null, failedTests: [], evidence };
}
