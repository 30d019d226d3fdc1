import type { TestCounts } from "../../model/gate-run.ts";
import type { CommandResult } from "../../system/command.ts";
import { type CommandDefinition, commandText, type ScriptCommand } from "./definition.ts";
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
  const failed = typeof report === "object" && "counts" in report ? failures(definition, report) : undefined;
  if (failed) return fail(failed, logPath);
  const code = result.exitCode ?? -1;
  if (code !== 0)
    return fail(`${commandText(definition.run)} ended with exit code ${code}${though(report)}`, logPath);
  if (!definition.isTests) return judgeExit(definition, report, logPath);
  return judgeCounts(definition, report, logPath);
}

// A linter may say all that it found in its report and end with 0; then the report must be there.
function judgeExit(definition: CommandDefinition, report: ReportFound, logPath: string): Judgement {
  const readable = typeof report === "object" && "counts" in report;
  if (isNamed(definition) && !readable) return fail(countProblem(definition, report), logPath);
  return { verdict: "pass", message: `${commandText(definition.run)} ended with exit code 0` };
}

function judgeCounts(definition: CommandDefinition, report: ReportFound, logPath: string): Judgement {
  if (typeof report === "string" || "problem" in report) {
    // The project has spelled out that exit 0 is enough; a report that it names itself must be there all the same.
    const enough = definition.minTests === 0 && !isNamed(definition) && typeof report === "string";
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
  const message = `${tests(counts.passed)} passed${skippedNote(counts)}${flakyNote(report)}`;
  return { verdict: "pass", message };
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
      return missingTool(text, result.exitCode, definition.run.kind === "script");
  }
}

// 127 and 126 are the shell's own words for a program that is missing or no program.
function missingTool(text: string, code: number | null, isScript: boolean): string | undefined {
  // The original took that for a pass.
  if (code === 2 && isScript) return `${text} misses a tool or a file that it needs (exit code 2)`;
  if (code === 127) return `${text} needs a program that was not found (exit code 127)`;
  return code === 126 ? `${text} needs a program that cannot be run (exit code 126)` : undefined;
}

const shownNames = 3;

/** The part of a message that says that the report alone would have been a pass. */
function though(report: ReportFound): string {
  if (typeof report !== "object" || "problem" in report || report.counts.passed === 0) return "";
  return `, although no test of its report failed (${tests(report.counts.passed)} passed)`;
}

/** Whether the project itself says where the report is. */
function isNamed({ report }: CommandDefinition): boolean {
  return report.kind === "file" || report.kind === "output";
}

function failures({ isTests }: CommandDefinition, { counts, failed }: TestReport): string | undefined {
  const bad = counts.failed + counts.errors;
  if (bad === 0) return undefined;
  const names = failed.slice(0, shownNames).map(({ name }) => name);
  const more = bad > names.length ? ", …" : "";
  if (!isTests) return `${bad === 1 ? "1 finding" : `${bad} findings`}: ${names.join(", ")}${more}`;
  return `${bad} of ${tests(counts.total)} failed: ${names.join(", ")}${more}`;
}

function countProblem(definition: CommandDefinition, report: ReportFound): string {
  const file = reportName(definition);
  if (report === "missing") return `exit code 0, but the ${file} was not written`;
  if (typeof report === "object" && "problem" in report)
    return `exit code 0, but the ${file} cannot be counted: ${report.problem}`;
  const key = /^\w+$/.test(definition.check) ? definition.check : JSON.stringify(definition.check);
  if (definition.run.kind === "script") return scriptCountProblem(key, definition.folder, definition.run);
  const set = `set checks.${key}.report in .calm/config.yaml, or min_tests: 0 where exit code 0 is enough`;
  return `exit code 0, but how many tests ran is unknown; ${set}`;
}

/** A gate script of the original's cannot be asked; its command can. */
function scriptCountProblem(name: string, folder: string, { path, instead }: ScriptCommand): string {
  const dir = folder === "" ? "" : `, dir: ${JSON.stringify(folder)}`;
  const line = `checks: { ${name}: { run: "${instead}"${dir} } }`;
  return [
    `exit code 0, but how many tests ${path} ran is unknown`,
    `say the command itself in .calm/config.yaml on the default branch: ${line}`,
    "and where its tests cannot be counted either, min_tests: 0 beside it",
  ].join("; ");
}

function reportName({ report }: CommandDefinition): string {
  if (report.kind === "file") return `report ${report.path}`;
  return report.kind === "output" ? `${report.format} report on its output` : "report that calm asked for";
}

function toolOf({ run }: CommandDefinition): string {
  if (run.kind === "script") return run.path;
  return run.kind === "shell" ? "sh" : (run.argv[0] ?? "");
}

function skippedNote(counts: TestCounts): string {
  return counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
}

function flakyNote({ flaky }: TestReport): string {
  if (flaky.length === 0) return "";
  const more = flaky.length > shownNames ? ", …" : "";
  return `, ${flaky.length} of them only when the runner ran them again: ${flaky.slice(0, shownNames).join(", ")}${more}`;
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
