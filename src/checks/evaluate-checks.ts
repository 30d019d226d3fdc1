import type { Context } from "../context.ts";
import type { CheckVerdict } from "../model/gate-run.ts";
import { together } from "../system/together.ts";
import {
  type CheckResult,
  type CommandResult,
  type CommitSubject,
  type Evidence,
  lookedAt,
  type Subject,
} from "./check.ts";
import { definitionHash, runsCommand } from "./command/definition.ts";
import { unrecognisedMessage } from "./command/unrecognised.ts";
import type { Flights } from "./flights.ts";
import type { GateSubject } from "./gate-subject.ts";
import type { ResolvedCheck } from "./resolve-gate.ts";
import { type CommandJob, type CommandRunner, createCommandRunner } from "./run-commands.ts";
import type { CommitUnderTest } from "./run-gate.ts";

/** The outcome of one check of a gate. */
export interface CheckOutcome {
  readonly check: string;
  readonly verdict: CheckVerdict;
  readonly message: string;
  readonly evidence: Evidence;
  readonly failedTests: CommandResult["failedTests"];
  readonly testRuns: NonNullable<CommandResult["testRuns"]>;
  /** The check of the same gate whose run this outcome is, too. */
  readonly sharedWith?: string;
}

/** How the checks of one run are evaluated. */
export interface EvaluationOptions {
  readonly marker: string;
  readonly logFolder: string;
  readonly noCache: boolean;
  /** Absent where nothing is recorded that others could wait for. */
  readonly flights?: Flights;
  /** What is done while the commands run, after all that looks at commits. */
  readonly meanwhile?: () => Promise<void>;
  /** Whether a person has overridden a check, and for which content. */
  overridden(check: string): "no" | "for this content" | "for other content";
}

/**
 * Evaluates all checks of a gate; in the gate's order. Those that look at commits alone do so while the commands run,
 * the others wait for them, because they build upon their verdicts or ask what is true in the end.
 */
export async function evaluateChecks(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
  options: EvaluationOptions,
): Promise<CheckOutcome[]> {
  const { task, gate, commands, location, loaded } = subject;
  const scope = { context, task, commands, worktree: location.worktree };
  let underWay = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    // The command itself is started in the same turn of the event loop.
    underWay = () => setImmediate(resolve);
  });
  const runner = createCommandRunner({ ...scope, ...options, underWay });
  const commit: CommitSubject = {
    ...{ context, task, loaded, location, ...under },
    transition: gate.transition,
    reviewsRequired: gate.reviewsRequired,
  };
  const running = runCommandChecks(gate.checks, runner, under).finally(underWay);
  const looking = begun.then(() => lookAtCommits(gate.checks, commit));
  const [ran, early] = await together(running, looking.finally(options.meanwhile));
  const looked: Subject = { ...commit, runner, commands: ran };
  const outcomes: CheckOutcome[] = [];
  for (const { check } of gate.checks) {
    const own = async () =>
      toOwnResult(check, early.get(check) ?? (await evaluateOwn(check, looked)), looked);
    const outcome = toOutcome(check, ran.get(check) ?? (await own()));
    outcomes.push(outcome.verdict === "fail" ? override(outcome, options.overridden(check)) : outcome);
  }
  return outcomes;
}

/** One after the other: what one has asked git, the next one need not. */
async function lookAtCommits(
  checks: readonly ResolvedCheck[],
  subject: CommitSubject,
): Promise<Map<string, CheckResult>> {
  const results = new Map<string, CheckResult>();
  const { earlyCheck } = await loadOwnChecks();
  for (const { check, kind } of checks) {
    const look = kind === "builtin" ? earlyCheck(check) : undefined;
    const result = await look?.(subject);
    if (result) results.set(check, result);
  }
  return results;
}

async function runCommandChecks(
  checks: readonly ResolvedCheck[],
  runner: CommandRunner,
  under: CommitUnderTest,
): Promise<Map<string, CommandResult>> {
  const results = new Map<string, CommandResult>();
  const jobs: CommandJob[] = [];
  for (const one of checks) {
    if (one.kind === "builtin") continue;
    const nothing = { counts: null, failedTests: [], evidence: lookedAt(one.check, under.tree) };
    if (!one.definition) {
      results.set(one.check, { verdict: "fail", message: unrecognisedMessage(one.check), ...nothing });
    } else if (runsCommand(one.definition)) {
      jobs.push({ definition: one.definition, room: one.room });
    } else if ("none" in one.definition) {
      results.set(one.check, { verdict: "not_applicable", message: one.definition.none, ...nothing });
    } else {
      results.set(one.check, { verdict: "fail", message: one.definition.unrecognised, ...nothing });
    }
  }
  const groups = groupEqual(jobs);
  const ran = await runner.run(
    groups.map(({ job }) => job),
    under,
  );
  for (const [index, { job, sharers }] of groups.entries()) {
    const result = ran[index];
    if (!result) continue;
    const { check } = job.definition;
    results.set(check, result);
    for (const sharer of sharers) {
      // Below the first line stands what the command printed.
      const message = result.message.replace(/(?=\n|$)/, ` (run once, as ${check})`);
      results.set(sharer.definition.check, { ...result, message, sharedWith: check });
    }
  }
  return results;
}

/** A job to run, and those that demand the very same and take its result. */
interface Group {
  job: CommandJob;
  readonly sharers: CommandJob[];
}

/** Equal demands of one gate are met by one run, in the clean room if any of them asks for it: that proves more. */
function groupEqual(jobs: readonly CommandJob[]): Group[] {
  const groups = new Map<string, Group>();
  for (const job of jobs) {
    const hash = definitionHash(job.definition);
    const group = groups.get(hash);
    if (!group) groups.set(hash, { job, sharers: [] });
    else if (job.room === "clean" && group.job.room !== "clean") {
      group.sharers.push(group.job);
      group.job = job;
    } else group.sharers.push(job);
  }
  return [...groups.values()];
}

/** Loaded while the commands run. */
async function loadOwnChecks() {
  return import("./index.ts");
}

async function evaluateOwn(check: string, subject: Subject): Promise<CheckResult> {
  const { checks: ownChecks, isOwnCheck } = await loadOwnChecks();
  if (!isOwnCheck(check)) throw new Error(`no such check: ${check}`);
  return ownChecks[check](subject);
}

function toOwnResult(check: string, result: CheckResult, { tree }: Subject): Omit<CommandResult, "counts"> {
  return { failedTests: [], ...result, evidence: result.evidence ?? lookedAt(check, tree) };
}

function toOutcome(check: string, result: Omit<CommandResult, "counts">): CheckOutcome {
  const { verdict, message, evidence, failedTests, testRuns = [], sharedWith } = result;
  const outcome = { check, verdict, message, evidence, failedTests };
  return sharedWith === undefined ? { ...outcome, testRuns } : { ...outcome, testRuns: [], sharedWith };
}

/** A failed check, as a person's word about it leaves it. */
function override(
  outcome: CheckOutcome,
  overridden: ReturnType<EvaluationOptions["overridden"]>,
): CheckOutcome {
  const { message } = outcome;
  if (overridden === "no") return outcome;
  if (overridden === "for this content") {
    return { ...outcome, verdict: "overridden", message: `Overridden by a person. ${message}` };
  }
  return { ...outcome, message: `${message} (a person's override was for other content than this)` };
}
