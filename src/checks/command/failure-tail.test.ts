import { expect, test } from "vitest";
import { failureTail } from "./failure-tail.ts";
import type { Plan } from "./plan-run.ts";
import type { ReportFormat } from "./definition.ts";
import type { TestReport } from "./reports/report.ts";

function planOf(format: ReportFormat, stdoutPath: string | undefined = "/out"): Plan {
  return { argv: ["x"], appended: {}, env: {}, stdoutPath, report: { root: "/", path: "out", format } };
}

const failed = ["a", "b", "c", "d"].map((name) => ({ name, message: "line\n\n".repeat(20) }));
const report: TestReport = {
  ...{ counts: { total: 4, passed: 0, failed: 4, errors: 0, skipped: 0 }, failed, flaky: [] },
};
const tail = ["error: no such target", '{"Action":"run"}', "  { ", "the end"];

test("instead of lines for machines, the first failed tests and the beginning of their messages", () => {
  const shown = failureTail(planOf("go"), report, tail);
  expect(shown).toHaveLength(3 * (1 + 8));
  expect(shown.slice(0, 3)).toEqual(["a:", "  line", "  line"]);
});

test("where no test failed, what was said besides", () => {
  expect(failureTail(planOf("cargo"), undefined, tail)).toEqual(["error: no such target", "the end"]);
});

test("a log that people can read is shown as it ends", () => {
  expect(failureTail(planOf("tap"), report, tail)).toEqual(tail);
  expect(failureTail({ ...planOf("junit"), stdoutPath: undefined }, report, tail)).toEqual(tail);
});
