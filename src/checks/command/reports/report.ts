import type { FailedTest, TestCounts } from "../../../model/gate-run.ts";

/** The test cases of a report. */
export interface TestReport {
  readonly counts: TestCounts;
  /** At most 200, with messages of at most 4 KB. */
  readonly failed: readonly FailedTest[];
  /** Names of tests that the runner itself ran again until they passed; at most 200. */
  readonly flaky: readonly string[];
}

/** A report that cannot be counted, and why. */
export interface ReportProblem {
  readonly problem: string;
}

/** How one test case ended. */
export type CaseOutcome = "passed" | "failed" | "error" | "skipped";

const mostFailures = 200;
const longestName = 500;
const longestMessage = 4000;

/** Adds test cases up to a report. */
export class ReportBuilder {
  readonly #numbers = { passed: 0, failed: 0, error: 0, skipped: 0 };
  readonly #failed: FailedTest[] = [];
  readonly #flaky: string[] = [];

  add(outcome: CaseOutcome, name: string, message: string): void {
    this.#numbers[outcome] += 1;
    const counts = outcome === "failed" || outcome === "error";
    if (!counts || this.#failed.length >= mostFailures) return;
    this.#failed.push({ name: cut(name, longestName), message: cut(message.trim(), longestMessage) });
  }

  /** A test that passed, but not at once. */
  addFlaky(name: string): void {
    this.add("passed", name, "");
    if (this.#flaky.length < mostFailures) this.#flaky.push(cut(name, longestName));
  }

  report(): TestReport {
    const { passed, failed, error: errors, skipped } = this.#numbers;
    const total = passed + failed + errors + skipped;
    const counts = { total, passed, failed, errors, skipped };
    return { counts, failed: this.#failed, flaky: this.#flaky };
  }
}

/** One report made of several. */
export function joinReports(reports: readonly TestReport[]): TestReport {
  const sum = (key: keyof TestCounts): number => reports.reduce((all, { counts }) => all + counts[key], 0);
  return {
    counts: {
      total: sum("total"),
      passed: sum("passed"),
      failed: sum("failed"),
      errors: sum("errors"),
      skipped: sum("skipped"),
    },
    failed: reports.flatMap(({ failed }) => failed).slice(0, mostFailures),
    flaky: reports.flatMap(({ flaky }) => flaky).slice(0, mostFailures),
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
