import type { TestCounts } from "../../model/gate-run.ts";
import type { CommandResult } from "../../system/command.ts";
import { type CommandDefinition, commandText } from "./definition.ts";
import type { ReportProblem, TestReport } from "./reports/report.ts";

/** A verdict and one short sentence for it. */
interface Judgement {
  readonly verdict: "pass" | "fail";
  readonly message: string;
}

/** What is known of the tests: counts, a broken report, a report that was expected and is not there, or nothing asked. */
export type ReportFound = TestReport | ReportProblem | "missing" | "not_asked";

/** Judges one run of a command: nothing passes by default. */
export function judge(
  definition: CommandDefinition,
  result: CommandResult,
  report: ReportFound,
  logPath: string,
): Judgement {
  const cannot = endProblem(definition, result);
  if (cannot) return fail(cannot, logPath);
  const failed = typeof report === "object" && "counts" in report ? failedTests(report) : undefined;
  if (failed) return fail(failed, logPath);
  const code = result.exitCode ?? -1;
  if (code !== 0) return fail(`${commandText(definition.run)} ended with exit code ${code}`, logPath);
  if (!definition.isTests)
    return { verdict: "pass", message: `${commandText(definition.run)} ended with exit code 0` };
  return judgeCounts(definition, report, logPath);
}

function judgeCounts(definition: CommandDefinition, report: ReportFound, logPath: string): Judgement {
  if (typeof report === "string" || "problem" in report) {
    // The project has spelled out that exit 0 is enough; a report that it names itself must be there all the same.
    const enough =
      definition.minTests === 0 && definition.report.kind !== "file" && typeof report === "string";
    if (!enough) return fail(countProblem(definition, report), logPath);
    return { verdict: "pass", message: "exit code 0; the tests were not counted (min_tests: 0)" };
  }
  const { counts } = report;
  const executed = counts.total - counts.skipped;
  if (executed < definition.minTests) {
    return fail(`${tests(executed)} ran, at least ${definition.minTests} must (min_tests)`, logPath);
  }
  if (definition.allowSkipped !== undefined && counts.skipped > definition.allowSkipped) {
    const allowed = `at most ${definition.allowSkipped} may be (allow_skipped)`;
    return fail(`${tests(counts.skipped)} skipped, ${allowed}`, logPath);
  }
  return { verdict: "pass", message: `${tests(counts.passed)} passed${skippedNote(counts)}` };
}

function endProblem(definition: CommandDefinition, result: CommandResult): string | undefined {
  const text = commandText(definition.run);
  const left = result.leftProcesses.join(", ");
  switch (result.end) {
    case "not_found":
      return `${toolOf(definition)} was not found or cannot be run`;
    case "timeout":
      return `${text} was stopped after its timeout of ${duration(definition.timeoutMs)}`;
    case "interrupted":
      return `${text} was interrupted`;
    case "signal":
      return `${text} was killed by ${result.signal ?? "a signal"}`;
    case "left_processes":
      return `${text} left processes behind, which calm has killed: ${left}`;
    case "exit":
      return missingTool(text, result.exitCode);
  }
}

// 127 and 126 are the shell's own words for a program that is missing or no program.
function missingTool(text: string, code: number | null): string | undefined {
  if (code === 127) return `${text} needs a program that was not found (exit code 127)`;
  return code === 126 ? `${text} needs a program that cannot be run (exit code 126)` : undefined;
}

function failedTests({ counts, failed }: TestReport): string | undefined {
  const bad = counts.failed + counts.errors;
  if (bad === 0) return undefined;
  const names = failed.slice(0, 3).map(({ name }) => name);
  const more = bad > names.length ? ", …" : "";
  return `${bad} of ${tests(counts.total)} failed: ${names.join(", ")}${more}`;
}

function countProblem(definition: CommandDefinition, report: ReportFound): string {
  const file =
    definition.report.kind === "file" ? `report ${definition.report.path}` : "report that calm asked for";
  if (report === "missing") return `exit code 0, but the ${file} was not written`;
  if (typeof report === "object" && "problem" in report)
    return `exit code 0, but the ${file} cannot be counted: ${report.problem}`;
  const key = /^\w+$/.test(definition.check) ? definition.check : JSON.stringify(definition.check);
  const set = `set checks.${key}.report in .calm/config.yaml, or min_tests: 0 where exit code 0 is enough`;
  return `exit code 0, but how many tests ran is unknown; ${set}`;
}

function toolOf({ run }: CommandDefinition): string {
  return run.kind === "shell" ? "sh" : (run.argv[0] ?? "");
}

function skippedNote(counts: TestCounts): string {
  return counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
}

function tests(count: number): string {
  return count === 1 ? "1 test" : `${count} tests`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}

function fail(message: string, logPath: string): Judgement {
  return { verdict: "fail", message: `${message}; log: ${logPath}` };
}
