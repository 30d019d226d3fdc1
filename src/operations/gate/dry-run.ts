import * as z from "zod/mini";
import type { GateSubject } from "../../checks/gate-subject.ts";
import type { CommitUnderTest } from "../../checks/run-gate.ts";
import { commandSet, isTrusted, trustCommand } from "../../checks/trust.ts";
import type { Context } from "../../context.ts";
import { field } from "../../model/field.ts";
import { findNewestRun } from "../../store/gate-runs.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Text } from "../../text/text.ts";
import { uncommittedFiles } from "../../worktree/uncommitted.ts";
import { checkLines, DescribedCheck, describeCheck } from "./describe-check.ts";
import { describeGateRun, GateAnswer } from "./describe-gate-run.ts";

const PlannedCheck = z.extend(DescribedCheck, {
  state: field(
    z.enum(["holds", "flaky", "fails", "unknown", "not_applicable"]),
    "What is known for the present content; unknown = its command would run",
  ),
  message: z.string(),
  run: z.optional(field(z.int(), "The gate run that the knowledge comes from")),
});

const Plan = z.object({
  trusted: field(z.boolean(), "Whether the commands have been approved"),
  trust: z.optional(
    field(z.string(), "The command that shows them, where the gate would refuse to run them"),
  ),
  uncommitted: field(z.array(z.string()), "Files that the gate would refuse to run with"),
  checks: z.array(PlannedCheck),
});

/** What `gate check` answers: a run, or with --dry-run only what it would do. */
export const GateCheckAnswer = z.extend(z.partial(GateAnswer), {
  task_id: z.string(),
  transition: z.string(),
  commit_sha: z.string(),
  tree: z.string(),
  base_sha: z.string(),
  anchor: GateAnswer.shape.anchor,
  definition: GateAnswer.shape.definition,
  passed: field(z.boolean(), "Of a run; with --dry-run, whether every check is known to hold"),
  next: GateAnswer.shape.next,
  dry_run: z.boolean(),
  plan: z.optional(field(Plan, "Only with --dry-run")),
});
type GateCheckAnswer = z.output<typeof GateCheckAnswer>;

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
  const { lookAtChecks } = await import("../../checks/known-checks.ts");
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

const labels = {
  ...{ holds: "holds", flaky: "flaky", fails: "fails", unknown: "would run" },
  not_applicable: "n/a",
} as const;

/** The answer of `gate check` for people. */
export function describeGateCheck(answer: GateCheckAnswer, text: Text): string {
  const { plan } = answer;
  if (!plan) return describeGateRun(z.parse(GateAnswer, answer), text);
  const { colors } = text;
  const lines = [
    colors.bold(`Gate Check: ${answer.transition} (dry run: nothing is run or recorded)`),
    `Task: ${answer.task_id}`,
    `Commit: ${answer.commit_sha}`,
    "",
  ];
  if (plan.trust !== undefined)
    lines.push(colors.yellow(`! Nobody has approved the commands: ${plan.trust}`));
  if (plan.uncommitted.length > 0) {
    const files = plan.uncommitted.map((path) => escapeControls(path)).join(", ");
    lines.push(colors.yellow(`! Uncommitted, so the gate would be refused: ${files}`));
  }
  for (const check of plan.checks) {
    const run = check.run === undefined ? "" : ` (run ${check.run})`;
    const [first = "", ...more] = checkLines(check);
    lines.push(`[${labels[check.state]}${run}] ${first}`, ...more);
    const told = check.state === "unknown" || check.reason !== undefined ? "" : check.message;
    if (told !== "") lines.push(`    ${escapeControls(told, "keep").replaceAll("\n", "\n    ")}`);
  }
  const count = plan.checks.filter(({ state }) => state === "unknown").length;
  const fails = plan.checks.filter(({ state }) => state === "fails").length;
  lines.push(
    "",
    `${fails} of ${plan.checks.length} checks fail without running anything; ${count} would run`,
  );
  return lines.join("\n");
}
