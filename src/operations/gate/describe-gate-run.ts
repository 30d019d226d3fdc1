import * as z from "zod/mini";
import { attemptLogs } from "../../checks/attempt-logs.ts";
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

/** How much of a gate run is told. */
type Extent = "verdicts" | "with failures";

/** A gate run for people. */
export function describeGateRun(
  answer: Omit<z.output<typeof GateAnswer>, "next">,
  text: Text,
  extent: Extent = "verdicts",
): string {
  const { colors } = text;
  const lines = [
    colors.bold(`Gate Check: ${answer.transition}`),
    `Task: ${answer.task_id}  Run: ${answer.id}`,
    `Commit: ${answer.commit_sha}`,
    "",
    ...answer.checks.flatMap((check) => [
      checkLines(check, text),
      ...(extent === "with failures" ? failureLines(check, text) : []),
    ]),
    "",
  ];
  if (answer.reason !== null)
    lines.push(`${answer.verdict ?? answer.state}: ${escapeControls(answer.reason)}`);
  lines.push(answer.passed ? colors.green("GATE PASSED") : colors.red("GATE FAILED"));
  return lines.join("\n");
}

/** A check and what it found, for people. */
export function checkLines(
  check: Pick<
    CheckRun,
    "check" | "verdict" | "message" | "duration_ms" | "cached_from" | "log_path" | "attempts"
  >,
  { colors }: Text,
): string {
  const good = check.verdict === "pass" || check.verdict === "not_applicable";
  const paint = good ? colors.green : check.verdict === "flaky" ? colors.yellow : colors.red;
  const label = `[${labels[check.verdict]}]`;
  const time =
    check.duration_ms === null || check.cached_from !== null ? "" : ` (${duration(check.duration_ms)})`;
  const message = escapeControls(check.message, "keep").replaceAll("\n", "\n    ");
  const logs = check.verdict === "fail" || check.verdict === "flaky" ? logsOf(check) : [];
  // The message of a failure mostly names its log already.
  const unnamed = logs.filter((path) => !check.message.includes(path));
  const log = unnamed.map((path) => `\n    log: ${path}`).join("");
  return `${paint(label)} ${check.check}${time}\n    ${message}${log}`;
}

function logsOf({ log_path: last, attempts }: Pick<CheckRun, "log_path" | "attempts">): string[] {
  return last === null ? [] : attemptLogs(last, attempts);
}

const wholeFailures = 5;
const namedFailures = 20;

/** What failed: the first ones with their messages, more by name, and how many are left. */
function failureLines({ failures, verdict }: CheckRun, { colors }: Text): string[] {
  if (failures === null) return [];
  const sign = verdict === "flaky" ? "failed before" : "failed";
  return failures
    .slice(0, namedFailures)
    .flatMap(({ name, message }, index) => {
      const named = `    ${colors.bold(`${sign}: ${escapeControls(name)}`)}`;
      if (index >= wholeFailures || message.trim() === "") return [named];
      return [named, `      ${escapeControls(message.trim(), "keep").replaceAll("\n", "\n      ")}`];
    })
    .concat(
      failures.length > namedFailures ? [`    and ${failures.length - namedFailures} more failed`] : [],
    );
}
