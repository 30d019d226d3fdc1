import type { Context } from "../context.ts";
import type { CheckVerdict } from "../model/gate-run.ts";
import { isOwnCheck, checks as ownChecks } from "./index.ts";
import { type CommandResult, type Evidence, lookedAt, type Subject } from "./check.ts";
import { runsCommand } from "./command/definition.ts";
import { unrecognisedMessage } from "./command/detect.ts";
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
}

/** How the checks of one run are evaluated. */
export interface EvaluationOptions {
  readonly marker: string;
  readonly logFolder: string;
  readonly noCache: boolean;
  readonly flights: Flights;
  /** Whether a person has overridden a check, and for which content. */
  overridden(check: string): "no" | "for this content" | "for other content";
}

/** Evaluates all checks of a gate, the commands first because others build upon them; in the gate's order. */
export async function evaluateChecks(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
  options: EvaluationOptions,
): Promise<CheckOutcome[]> {
  const { task, gate, commands, location } = subject;
  const scope = { context, task, commands, worktree: location.worktree };
  const runner = createCommandRunner({ ...scope, ...options });
  const ran = await runCommandChecks(gate.checks, runner, under);
  const { loaded } = subject;
  const looked: Subject = {
    ...{ context, task, loaded, location, runner, ...under },
    transition: gate.transition,
    reviewsRequired: gate.reviewsRequired,
    commands: ran,
  };
  const outcomes: CheckOutcome[] = [];
  for (const { check } of gate.checks) {
    const outcome = toOutcome(check, ran.get(check) ?? (await evaluateOwn(check, looked)));
    outcomes.push(outcome.verdict === "fail" ? override(outcome, options.overridden(check)) : outcome);
  }
  return outcomes;
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
  const ran = await runner.run(jobs, under);
  for (const [index, job] of jobs.entries()) {
    const result = ran[index];
    if (result) results.set(job.definition.check, result);
  }
  return results;
}

async function evaluateOwn(check: string, subject: Subject): Promise<Omit<CommandResult, "counts">> {
  if (!isOwnCheck(check)) throw new Error(`no such check: ${check}`);
  const result = await ownChecks[check](subject);
  return { failedTests: [], ...result, evidence: result.evidence ?? lookedAt(check, subject.tree) };
}

function toOutcome(check: string, result: Omit<CommandResult, "counts">): CheckOutcome {
  const { verdict, message, evidence, failedTests, testRuns = [] } = result;
  return { check, verdict, message, evidence, failedTests, testRuns };
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
