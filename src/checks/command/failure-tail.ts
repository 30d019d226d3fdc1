import type { Plan } from "./plan-run.ts";
import type { TestReport } from "./reports/report.ts";

const shownTests = 3;
const linesOfEach = 8;

/** The lines that explain a run: the end of its output, or of output for machines the tests that failed. */
export function failureTail(
  plan: Plan,
  report: TestReport | undefined,
  tail: readonly string[],
): readonly string[] {
  // TAP is a format that people read.
  if (plan.stdoutPath === undefined || plan.report?.format === "tap") return tail;
  const failed = (report?.failed ?? []).slice(0, shownTests);
  if (failed.length === 0) return tail.filter((line) => !/^\s*[{}[\]"]/.test(line));
  return failed.flatMap(({ name, message }) => {
    const lines = message.split("\n").filter((line) => line.trim() !== "");
    return [`${name}:`, ...lines.slice(0, linesOfEach).map((line) => `  ${line}`)];
  });
}
