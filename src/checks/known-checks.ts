import type { Context } from "../context.ts";
import type { CheckRun, GateRun } from "../model/gate-run.ts";
import { findVerdict, listCheckRuns } from "../store/check-runs.ts";
import { type CommandResult, lookedAt, type Subject } from "./check.ts";
import { partsOf, runsCommand } from "./command/definition.ts";
import { unrecognisedMessage } from "./command/unrecognised.ts";
import type { GateSubject } from "./gate-subject.ts";
import { checks as ownChecks, isOwnCheck } from "./index.ts";
import { lookAtRegressionTest } from "./regression-test.ts";
import type { ResolvedCheck } from "./resolve-gate.ts";
import { reuseVerdict } from "./reuse-verdict.ts";
import { type CommandRunner, createCommandRunner } from "./run-commands.ts";
import type { CommitUnderTest } from "./run-gate.ts";

/** What is known of a check for the present content, without running a command. */
export interface KnownCheck {
  readonly check: string;
  /** `unknown` = only running its command would tell. */
  readonly state: "holds" | "flaky" | "fails" | "unknown" | "not_applicable";
  readonly message: string;
  /** The gate run that the knowledge comes from; undefined when it was looked at now. */
  readonly run?: number;
}

/** Looks at each check of a gate: calm's own ones now, commands by the verdicts that they already have. */
export async function lookAtChecks(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
  newest: GateRun | undefined,
): Promise<KnownCheck[]> {
  const { task, gate, commands, location, loaded } = subject;
  const scope = { context, task, commands, worktree: location.worktree };
  const runner = createCommandRunner({ ...scope, marker: "", logFolder: "", noCache: false });
  const recorded = newest === undefined ? [] : await listCheckRuns(await context.store(), newest.id);
  const results = new Map<string, CommandResult>();
  const known = new Map<string, KnownCheck>();
  for (const one of gate.checks.filter(({ kind }) => kind === "command")) {
    const evidence = recorded.find(({ check }) => check === one.check);
    known.set(one.check, await lookAtCommand(context, one, { runner, under, evidence, results }));
  }
  const looked: Subject = {
    ...{ context, task, loaded, location, runner, ...under, commands: results },
    ...{ transition: gate.transition, reviewsRequired: gate.reviewsRequired },
  };
  for (const { check } of gate.checks) {
    const evidence = recorded.find((one) => one.check === check);
    if (!known.has(check)) known.set(check, await lookAtOwn(check, looked, evidence));
  }
  return gate.checks.flatMap(({ check }) => known.get(check) ?? []);
}

/** What a command's verdict may be known by. */
interface Known {
  readonly runner: CommandRunner;
  readonly under: CommitUnderTest;
  /** Its part of a run that speaks for the present content. */
  readonly evidence: CheckRun | undefined;
  /** Filled with the verdicts that other checks build upon. */
  readonly results: Map<string, CommandResult>;
}

async function lookAtCommand(
  context: Context,
  resolved: ResolvedCheck,
  { runner, under, evidence, results }: Known,
): Promise<KnownCheck> {
  const { check } = resolved;
  const definition = resolved.kind === "command" ? resolved.definition : undefined;
  if (resolved.kind !== "command" || !definition)
    return { check, state: "fails", message: unrecognisedMessage(check) };
  const looked = lookedAt(check, under.tree);
  if ("unrecognised" in definition) return { check, state: "fails", message: definition.unrecognised };
  if (!runsCommand(definition)) {
    const message = definition.none;
    results.set(check, {
      ...{ verdict: "not_applicable", message, counts: null, failedTests: [], evidence: looked },
    });
    return { check, state: "not_applicable", message };
  }
  const key = await runner.keyOf({ definition, room: resolved.room }, under);
  const cached = await reuseVerdict(await context.store(), key, resolved.room);
  if (cached && evidence?.verdict !== "pass") {
    results.set(check, cached);
    const run = (await findVerdict(await context.store(), key, resolved.room))?.gate_run_id;
    return { check, state: "holds", message: cached.message, ...(run !== undefined && { run }) };
  }
  if (!evidence) return { check, state: "unknown", message: "not run for this content" };
  const { verdict, message, counts } = evidence;
  results.set(check, { verdict, message, counts, failedTests: [], evidence: looked });
  return fromEvidence(evidence);
}

function fromEvidence({ check, verdict, message, gate_run_id: run }: CheckRun): KnownCheck {
  if (verdict === "not_applicable") return { check, state: "not_applicable", message, run };
  const state = verdict === "fail" ? "fails" : verdict === "flaky" ? "flaky" : "holds";
  return { check, state, message, run };
}

async function lookAtOwn(
  check: string,
  subject: Subject,
  evidence: CheckRun | undefined,
): Promise<KnownCheck> {
  if (!isOwnCheck(check)) throw new Error(`no such check: ${check}`);
  const full = partsOf(subject.runner.commands.checks, "tests_full").filter(runsCommand);
  if (check === "no_skipped" && full.some((part) => !subject.commands.has(part.check)))
    return { check, state: "unknown", message: "the tests were not run for this content" };
  const result =
    check === "regression_test" ? await lookAtRegressionTest(subject) : await ownChecks[check](subject);
  if ("verdict" in result) {
    const { verdict, message } = result;
    const state = verdict === "pass" ? "holds" : verdict === "fail" ? "fails" : "not_applicable";
    return { check, state, message };
  }
  if (evidence) return fromEvidence(evidence);
  return { check, state: "unknown", message: `not proven for this content: ${result.tests}` };
}
