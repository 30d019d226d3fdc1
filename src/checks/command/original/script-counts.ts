import * as z from "zod/mini";
import type { ScriptRow } from "../../../store/script-results.ts";
import { ReportBuilder, type ReportProblem, type TestReport } from "../reports/report.ts";

const number = z._default(z.nullable(z.int().check(z.nonnegative())), null);
const Row = z.object({
  ...{ passed: number, failed: number, errors: number, skipped: number },
  failed_tests: z._default(z.nullable(z.string()), null),
});

const Failed = z.array(z.object({ test: z.string(), error: z._default(z.string(), "") }));

/**
 * What a gate script's own rows say: the last one, unless it claims no failure where an earlier one had some. No row
 * tells nothing. The parts are added up; totals are not believed.
 */
export function countsOfRows(rows: readonly ScriptRow[]): TestReport | ReportProblem | undefined {
  const reports: TestReport[] = [];
  for (const row of rows) {
    const report = reportOf(row);
    if ("problem" in report) return report;
    reports.push(report);
  }
  const last = reports.at(-1);
  return last && isRed(last) ? last : (reports.findLast(isRed) ?? last);
}

function reportOf(row: ScriptRow): TestReport | ReportProblem {
  const parsed = z.safeParse(Row, row);
  const { passed, failed, errors, skipped, failed_tests } = parsed.data ?? {};
  if (passed == null || failed == null || errors == null || skipped == null) {
    return { problem: "its row in test_runs has no whole numbers for passed, failed, errors and skipped" };
  }
  const builder = new ReportBuilder();
  for (const { test, error } of failedOf(failed_tests ?? "[]")) builder.add("failed", test, error);
  const total = passed + failed + errors + skipped;
  return { ...builder.report(), counts: { total, passed, failed, errors, skipped } };
}

/** The names are for people; the numbers decide, so broken names cost nothing but themselves. */
function failedOf(text: string): z.output<typeof Failed> {
  try {
    return z.safeParse(Failed, JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}

/** Of a runner's report and the script's own rows, the report counts, unless only the rows tell of a failure. */
export function strictest(
  report: TestReport | ReportProblem | undefined,
  rows: TestReport | ReportProblem | undefined,
): TestReport | ReportProblem | undefined {
  if (!report || "problem" in report)
    return rows && "counts" in rows && isRed(rows) ? rows : (report ?? rows);
  return rows && "counts" in rows && isRed(rows) && !isRed(report) ? rows : report;
}

function isRed({ counts }: TestReport): boolean {
  return counts.failed + counts.errors > 0;
}
