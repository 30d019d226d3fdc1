import type { GateSubject } from "../../checks/gate-subject.ts";
import { lookAtChecks } from "../../checks/known-checks.ts";
import type { CommitUnderTest } from "../../checks/run-gate.ts";
import { commandSet, isTrusted, trustCommand } from "../../checks/trust.ts";
import type { Context } from "../../context.ts";
import { findNewestRun } from "../../store/gate-runs.ts";
import { uncommittedFiles } from "../../worktree/uncommitted.ts";
import type { GateCheckAnswer } from "./check-answer.ts";
import { describeCheck } from "./describe-check.ts";

/** What a gate would look at and run now; nothing is run, recorded or asked. */
export async function planGate(
  context: Context,
  subject: GateSubject,
  under: CommitUnderTest,
): Promise<GateCheckAnswer> {
  const { task, gate, commands, location, anchor } = subject;
  const newest = await findNewestRun(await context.store(), task.id, gate.transition);
  const speaks =
    newest?.state === "finished" &&
    (newest.verdict === "pass" || newest.verdict === "fail") &&
    newest.definition === gate.definition &&
    newest.tree === under.tree &&
    newest.base_sha === under.base;
  const known = await lookAtChecks(context, subject, under, speaks ? newest : undefined);
  const trusted = await isTrusted(context, commandSet(commands));
  const checks = gate.checks.map((resolved) => {
    const found = known.find(({ check }) => check === resolved.check);
    if (!found) throw new Error(`nothing was looked at for ${resolved.check}`);
    const { state, message, run } = found;
    return { ...describeCheck(resolved), state, message, ...(run !== undefined && { run }) };
  });
  const uncommitted = location.worktree ? await uncommittedFiles(context, location.worktree) : [];
  const asks = !trusted && gate.checks.some(({ kind }) => kind === "command");
  const trust = `${trustCommand(commands, task.id)} --show`;
  return {
    ...{ task_id: task.id, transition: gate.transition, definition: gate.definition },
    ...{ commit_sha: under.commit, tree: under.tree, base_sha: under.base },
    anchor: gate.gate.anchor === "candidate" ? `candidate:${under.commit}` : anchor,
    passed: checks.every(({ state }) => ["holds", "flaky", "not_applicable"].includes(state)),
    next: asks ? trust : `calm gate check ${task.id} ${gate.transition}`,
    dry_run: true,
    plan: {
      trusted,
      ...(asks && { trust }),
      uncommitted: uncommitted.map(({ path }) => path),
      checks,
    },
  };
}
