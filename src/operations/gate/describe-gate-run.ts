import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { CheckRun, GateRun } from "../../model/gate-run.ts";
import { duration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import type { Text } from "../../text/text.ts";

/** A gate run with its checks, as `gate check` and `gate log` answer. */
export const GateAnswer = z.extend(GateRun, {
  checks: z.array(CheckRun),
  passed: z.boolean(),
  next: field(z.string(), "The command that comes next"),
});

const labels = {
  pass: "PASS",
  flaky: "FLAKY",
  fail: "FAIL",
  not_applicable: "N/A",
  overridden: "OVERRIDE",
} as const;

/** A gate run for people. */
export function describeGateRun(answer: Omit<z.output<typeof GateAnswer>, "next">, text: Text): string {
  const { colors } = text;
  const lines = [
    colors.bold(`Gate Check: ${answer.transition}`),
    `Task: ${answer.task_id}  Run: ${answer.id}`,
    `Commit: ${answer.commit_sha}`,
    "",
    ...answer.checks.map((check) => checkLines(check, text)),
    "",
  ];
  if (answer.reason !== null)
    lines.push(`${answer.verdict ?? answer.state}: ${escapeControls(answer.reason)}`);
  lines.push(answer.passed ? colors.green("GATE PASSED") : colors.red("GATE FAILED"));
  return lines.join("\n");
}

/** A check and what it found, for people. */
export function checkLines(
  check: Pick<CheckRun, "check" | "verdict" | "message" | "duration_ms" | "cached_from" | "log_path">,
  { colors }: Text,
): string {
  const good = check.verdict === "pass" || check.verdict === "not_applicable";
  const label = `[${labels[check.verdict]}]`;
  const time =
    check.duration_ms === null || check.cached_from !== null ? "" : ` (${duration(check.duration_ms)})`;
  const message = escapeControls(check.message, "keep").replaceAll("\n", "\n    ");
  const log = check.log_path !== null && check.verdict === "fail" ? `\n    log: ${check.log_path}` : "";
  return `${good ? colors.green(label) : colors.red(label)} ${check.check}${time}\n    ${message}${log}`;
}
