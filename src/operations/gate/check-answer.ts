import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Text } from "../../text/text.ts";
import { checkLines, DescribedCheck } from "./describe-check.ts";
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
export type GateCheckAnswer = z.output<typeof GateCheckAnswer>;

const labels = {
  ...{ holds: "holds", flaky: "flaky", fails: "fails", unknown: "would run" },
  not_applicable: "n/a",
} as const;

/** A gate run has its number. */
function isRun(answer: GateCheckAnswer): answer is GateCheckAnswer & z.output<typeof GateAnswer> {
  return answer.id !== undefined;
}

/** The answer of `gate check` for people. */
export function describeGateCheck(answer: GateCheckAnswer, text: Text): string {
  const { plan } = answer;
  if (isRun(answer)) return describeGateRun(answer, text);
  if (!plan) throw new Error("a gate check that is neither a run nor a plan");
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
