import * as z from "zod/mini";
import { readJsonReport } from "./json-report.ts";
import { type CaseOutcome, ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

const Assertion = z.object({
  fullName: z.optional(z.string()),
  title: z.optional(z.string()),
  status: z.enum(["passed", "failed", "pending", "skipped", "todo", "disabled", "focused"]),
  failureMessages: z.nullish(z.array(z.string())),
});

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.optional(z.string()),
      status: z.optional(z.string()),
      message: z.nullish(z.string()),
      assertionResults: z.array(Assertion),
    }),
  ),
});
type FileResult = z.output<typeof Report>["testResults"][number];

/** Counts the test cases of a JSON report of jest, which vitest writes too; its totals are not looked at. */
export function parseJest(text: string): TestReport | ReportProblem {
  const read = readJsonReport(text, Report, "report of jest or vitest");
  if ("problem" in read) return read;
  const report = new ReportBuilder();
  for (const file of read.data.testResults) addFile(report, file);
  return report.report();
}

function addFile(report: ReportBuilder, file: FileResult): void {
  for (const test of file.assertionResults) {
    const name = test.fullName ?? test.title ?? "";
    report.add(outcomeOf(test.status), name, test.failureMessages?.join("\n") ?? "");
  }
  // A file that could not be loaded has failed although no test of it has.
  const explained = file.assertionResults.some(({ status }) => status === "failed");
  if (file.status === "failed" && !explained)
    report.add("error", file.name ?? "test file", file.message ?? "");
}

function outcomeOf(status: z.output<typeof Assertion>["status"]): CaseOutcome {
  if (status === "passed" || status === "failed") return status;
  return status === "focused" ? "passed" : "skipped";
}
