import * as z from "zod/mini";
import {
  type CommandDefinition,
  commandText,
  runsCommand,
  sourceText,
} from "../../checks/command/definition.ts";
import { unrecognisedMessage } from "../../checks/command/unrecognised.ts";
import type { ResolvedCheck } from "../../checks/resolve-gate.ts";
import { field } from "../../model/field.ts";
import { escapeControls } from "../../text/escape.ts";

/** A check of a gate as this project has it, and how it would be run. */
export const DescribedCheck = z.object({
  check: z.string(),
  kind: z.enum(["builtin", "command", "not_applicable", "unrecognised"]),
  room: z.optional(z.enum(["worktree", "clean"])),
  command: z.optional(field(z.string(), "What is run, before calm asks the runner for a report")),
  argv: z.optional(field(z.array(z.string()), "The program that is started, and its arguments")),
  folder: z.optional(field(z.string(), "Where in the repository it runs; absent = the root")),
  source: z.optional(field(z.string(), "Where the command comes from")),
  note: z.optional(field(z.string(), "What was recognised there")),
  report: z.optional(
    z.object({
      kind: field(
        z.enum(["asked", "file", "output", "none"]),
        "calm asks the runner, the project names a file, it is what the command prints, or not counted",
      ),
      runner: z.optional(z.string()),
      format: z.optional(z.string()),
      path: z.optional(z.string()),
    }),
  ),
  timeout_ms: z.optional(z.int()),
  log_limit: z.optional(field(z.int(), "Bytes of the log after which it is cut; absent = 200 MB")),
  min_tests: z.optional(field(z.int(), "Tests that must have run")),
  allow_skipped: z.optional(z.int()),
  retries: z.optional(z.int()),
  inputs: z.optional(field(z.array(z.string()), "The files that the verdict depends on; absent = all")),
  reason: z.optional(field(z.string(), "Why it does not apply, or why it fails")),
});
export type DescribedCheck = z.output<typeof DescribedCheck>;

/** Tells how a check of a gate would be run. */
export function describeCheck(resolved: ResolvedCheck): DescribedCheck {
  const { check } = resolved;
  if (resolved.kind === "builtin") return { check, kind: "builtin" };
  const { definition, room } = resolved;
  if (!definition) return { check, kind: "unrecognised", room, reason: unrecognisedMessage(check) };
  const source = sourceText(definition.source);
  if ("none" in definition) return { check, kind: "not_applicable", source, reason: definition.none };
  if (!runsCommand(definition)) {
    return { check, kind: "unrecognised", room, source, reason: definition.unrecognised };
  }
  const { note } = definition.source;
  return {
    ...{ check, kind: "command", room, command: commandText(definition.run), source },
    ...(note !== undefined && { note }),
    ...runFacts(definition),
  };
}

function runFacts(definition: CommandDefinition): Partial<DescribedCheck> {
  const { run, folder, runner, report, timeoutMs, isTests, minTests, allowSkipped, retries, inputs } =
    definition;
  const counted =
    report.kind === "file" || report.kind === "output"
      ? report
      : { kind: report.kind, ...(runner !== "unknown" && { runner }) };
  return {
    ...(run.kind !== "script" && { argv: run.kind === "shell" ? ["sh", "-c", run.line] : [...run.argv] }),
    ...(folder !== "" && { folder }),
    ...(isTests && { report: counted, min_tests: minTests }),
    timeout_ms: timeoutMs,
    ...(definition.logLimit !== undefined && { log_limit: definition.logLimit }),
    ...(allowSkipped !== undefined && { allow_skipped: allowSkipped }),
    ...(retries > 0 && { retries }),
    ...(inputs && { inputs: [...inputs] }),
  };
}

/** The lines about a check for people: what is run, and below it how. */
export function checkLines(check: DescribedCheck): string[] {
  if (check.kind === "builtin") return [check.check];
  if (check.kind !== "command") {
    return [`${check.check}: ${check.kind.replace("_", " ")}: ${escapeControls(check.reason ?? "")}`];
  }
  const place = check.folder === undefined ? "" : `; in ${check.folder}`;
  const facts = `${check.source ?? ""}${place}; ${check.room ?? ""}`;
  const first = `${check.check}: ${escapeControls(check.command ?? "")}  (${escapeControls(facts)})`;
  return [first, `    ${escapeControls(howLine(check))}`];
}

function howLine({
  report,
  min_tests,
  allow_skipped,
  retries,
  timeout_ms,
  inputs,
  note,
}: DescribedCheck): string {
  const said = [
    ...(note === undefined ? [] : [note]),
    ...(report ? [reportText(report)] : []),
    ...(min_tests === undefined || min_tests === 1 ? [] : [`min_tests ${min_tests}`]),
    ...(allow_skipped === undefined ? [] : [`allow_skipped ${allow_skipped}`]),
    ...(retries === undefined ? [] : [`retries ${retries}`]),
    `timeout ${shortTime(timeout_ms ?? 0)}`,
    ...(inputs ? [`inputs ${inputs.join(", ")}`] : []),
  ];
  return said.join("; ");
}

function reportText({ kind, runner, format, path }: NonNullable<DescribedCheck["report"]>): string {
  if (kind === "asked") return `report asked of ${runner ?? "the runner"}`;
  if (kind === "output") return `${format ?? ""} report on its output`;
  return kind === "file" ? `${format ?? ""} report ${path ?? ""}` : "tests not counted";
}

/** A duration as the configuration writes it. */
function shortTime(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000}m`;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
