import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Approval } from "../model/approval.ts";
import type { CheckRun, GateRun } from "../model/gate-run.ts";
import type { Location } from "../project/location.ts";
import { listApprovals } from "../store/approvals.ts";
import { listCheckRuns } from "../store/check-runs.ts";
import { addGateRun, endGateRun, getGateRun } from "../store/gate-runs.ts";
import { mergedTree } from "./anchor.ts";
import type { EvaluationOptions } from "./evaluate-checks.ts";
import { changedSince, type FirstLook, lookFirst } from "./first-look.ts";
import { createFlights } from "./flights.ts";
import type { GateSubject } from "./gate-subject.ts";
import { rememberCommit } from "./gate-memory.ts";
import { commitsOf, startsCommands } from "./started-commands.ts";
import { requireTrust, whileTrusted } from "./trust.ts";

/** The commit that a gate looks at; a merge looks at its candidate. */
export interface CommitUnderTest {
  readonly commit: string;
  readonly tree: string;
  readonly base: string;
  /** The number that was reserved for the run; absent = the next one. */
  readonly run?: number;
}

/** A gate run with its checks. */
export interface GateReport {
  readonly run: GateRun;
  readonly checks: readonly CheckRun[];
}

/** How a gate is run. */
export interface GateOptions {
  readonly noCache: boolean;
  /** Where the worktree was looked at already, before the subject was read; absent = it is now. */
  readonly look?: FirstLook | undefined;
}

/** Runs a gate and records the evidence; the verdict belongs to the commit, fixed before anything runs. */
export async function runGate(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
  options: GateOptions,
): Promise<GateReport> {
  const { gate, location } = subject;
  const store = await context.store();
  const look = await lookAt(context, location, options.look);
  // Loaded while git looks at the worktree.
  const { evaluateChecks } = await import("./evaluate-checks.ts");
  await look.committed;
  const trusted = startsCommands(gate) ? await requireTrust(context, subject, commitsOf(subject, under)) : [];
  const id = await startRun(context, subject, under);
  const flights = createFlights(context);
  try {
    const how = await evaluationOptions(context, subject, under, id, options);
    const meanwhile = async (): Promise<void> => {
      await rememberCommit(context, subject);
      await import("./finish-gate-run.ts");
    };
    const results = await whileTrusted(context, trusted, (kept) =>
      evaluateChecks(kept, subject, under, { ...how, flights, meanwhile }),
    );
    const change = await changedSince(context, location.worktree, location.commit, look.standing);
    const { finishGateRun } = await import("./finish-gate-run.ts");
    await finishGateRun(context, subject, id, results, change);
  } catch (error) {
    await abandonRun(context, subject, id, error);
    throw error;
  } finally {
    // Only now does everybody see its verdicts.
    await flights.end();
  }
  context.signal.throwIfAborted();
  return { run: await getGateRun(store, id), checks: await listCheckRuns(store, id) };
}

/** What was seen of the worktree; a look at another one, as before one was made or moved, says nothing of it. */
async function lookAt(
  context: Context,
  { worktree }: Location,
  before: FirstLook | undefined,
): Promise<FirstLook> {
  return before && before.path === worktree?.path ? before : lookFirst(context, worktree);
}

/** Writes a run down as running, before its first check starts. */
async function startRun(context: Context, subject: GateSubject, under: CommitUnderTest): Promise<number> {
  const { task, gate } = subject;
  const store = await context.store();
  return store.write(async (tx) => {
    const row = {
      task_id: task.id,
      transition: gate.transition,
      commit_sha: under.commit,
      tree: under.tree,
      base_sha: under.base,
      anchor: gate.gate.anchor === "candidate" ? `candidate:${under.commit}` : subject.anchor,
      definition: gate.definition,
    };
    const run = await addGateRun(tx, row, under.run);
    await tx.event({
      task: task.id,
      summary: `started gate run ${run} of ${gate.transition}`,
      data: { run },
    });
    return run;
  });
}

/** A run that could not be finished is a row too, and never a pass. */
async function abandonRun(
  context: Context,
  { task }: GateSubject,
  id: number,
  error: unknown,
): Promise<void> {
  const interrupted = context.signal.aborted && !(error instanceof Failure);
  const state = interrupted ? "interrupted" : "abandoned";
  const reason = interrupted ? "interrupted" : error instanceof Error ? error.message : String(error);
  // Also when a lost lease is the reason: the run must not look as if it were still going on.
  const store = await context.storeBeyondLease();
  await store.write(async (tx) => {
    await endGateRun(tx, id, { state, verdict: "fail", reason });
    await tx.event({ task: task.id, summary: `gate run ${id} was ${state}: ${reason}`, data: { run: id } });
  });
}

async function evaluationOptions(
  context: Context,
  { task, gate, anchor }: GateSubject,
  under: CommitUnderTest,
  id: number,
  options: { readonly noCache: boolean },
): Promise<Omit<EvaluationOptions, "flights">> {
  const project = await context.project();
  const content = gate.gate.anchor === "candidate" ? mergedTree(under.tree) : anchor;
  const overrides = (await listApprovals(await context.store(), task.id)).filter(
    (one) => one.kind === "override" && one.transition === gate.transition,
  );
  const covers = (one: Approval, check: string): boolean => one.check === null || one.check === check;
  return {
    marker: `${project.id}-${id}`,
    logFolder: join(context.home.logs, project.id, `run-${id}`),
    noCache: options.noCache,
    overridden: (check) => {
      const covering = overrides.filter((one) => covers(one, check));
      if (covering.some((one) => one.content === content)) return "for this content";
      return covering.length > 0 ? "for other content" : "no";
    },
  };
}
