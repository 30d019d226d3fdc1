import type { Context } from "../context.ts";
import { addCheckRun, reserveCheckRun, addTestRun } from "../store/check-runs.ts";
import { endGateRun, type GateRunEnd } from "../store/gate-runs.ts";
import type { Writer } from "../store/store.ts";
import type { CheckOutcome } from "./evaluate-checks.ts";
import type { GateSubject } from "./gate-subject.ts";
import { isOwnCheck } from "./index.ts";

/** Records the checks of a run and its verdict, in one transaction. */
export async function finishGateRun(
  context: Context,
  subject: GateSubject,
  id: number,
  outcomes: readonly CheckOutcome[],
  change: string | undefined,
): Promise<void> {
  const end = verdictOf(context, outcomes, change);
  const { task, gate } = subject;
  const store = await context.store();
  await store.write(async (tx) => {
    const rows = new Map<string, number>();
    for (const { check } of outcomes) rows.set(check, await reserveCheckRun(tx));
    for (const outcome of outcomes) await addOutcome(tx, subject, id, pointing(outcome, rows), rows);
    await endGateRun(tx, id, end);
    const verdict = end.verdict ?? end.state;
    const named = (wanted: string) =>
      outcomes.filter((one) => one.verdict === wanted).map((one) => one.check);
    const [failed, flaky] = [named("fail"), named("flaky")];
    const told = [...failed, ...flaky.map((check) => `${check} is flaky`)];
    await tx.event({
      task: task.id,
      summary: `gate run ${id} of ${gate.transition}: ${verdict}${told.length > 0 ? ` (${told.join(", ")})` : ""}`,
      data: { run: id, transition: gate.transition, verdict, failed },
    });
  });
}

function verdictOf(
  context: Context,
  outcomes: readonly CheckOutcome[],
  change: string | undefined,
): GateRunEnd {
  if (context.signal.aborted) return { state: "interrupted", verdict: "fail", reason: "interrupted" };
  if (change !== undefined) return { state: "finished", verdict: "void", reason: change };
  // Nothing passes by default: a gate without a check is no gate.
  const passed = outcomes.length > 0 && outcomes.every((outcome) => outcome.verdict !== "fail");
  return { state: "finished", verdict: passed ? "pass" : "fail", reason: null };
}

/** What shares the run of another check points to that one's row, as any verdict that is reused. */
function pointing(outcome: CheckOutcome, rows: ReadonlyMap<string, number>): CheckOutcome {
  const { sharedWith, evidence } = outcome;
  if (sharedWith === undefined || evidence.cached_from !== null) return outcome;
  return { ...outcome, evidence: { ...evidence, cached_from: rows.get(sharedWith) ?? null } };
}

/** A row is no log: so many failures are kept in it. */
const mostFailures = 200;

async function addOutcome(
  tx: Writer,
  { task, location }: GateSubject,
  gateRun: number,
  outcome: CheckOutcome,
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  const { check, verdict, evidence, failedTests, testRuns } = outcome;
  // SQLite's text ends at a NUL, and what a command prints behind one must not be lost.
  const message = outcome.message.replaceAll("\0", "\u2400");
  const failures = failedTests.length > 0 ? failedTests.slice(0, mostFailures) : null;
  const id = rows.get(check);
  if (id === undefined) throw new Error(`no number was reserved for ${check}`);
  await addCheckRun(tx, id, { gate_run_id: gateRun, check, verdict, message, failures, ...evidence });
  // The proof of a regression test is no test run of the task's commit.
  if (isOwnCheck(check)) return;
  const place = { worktree: location.worktree?.path ?? "", commit_sha: location.commit };
  for (const { counts, durationMs, failedTests: failed } of testRuns)
    await addTestRun(tx, task.id, { check_run_id: id, ...place, ...counts, duration_ms: durationMs }, failed);
}
