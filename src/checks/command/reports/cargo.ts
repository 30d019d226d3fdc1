import * as z from "zod/mini";
import { ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

const Event = z.union([
  z.object({
    type: z.literal("suite"),
    event: z.enum(["started", "ok", "failed"]),
    test_count: z.optional(z.int()),
  }),
  z.object({
    type: z.literal("test"),
    event: z.enum(["started", "ok", "failed", "ignored", "timeout"]),
    name: z.string(),
    stdout: z.optional(z.string()),
    message: z.optional(z.string()),
  }),
]);
type Event = z.output<typeof Event>;

interface Suite {
  readonly waited: number | undefined;
  readonly running: Set<string>;
  ended: number;
}

/** Counts the tests in libtest's JSON lines, as `cargo test` prints them for one test binary after the other. */
export function parseCargo(text: string): TestReport | ReportProblem {
  if (text.trim() === "") return { problem: "is empty" };
  const end = text.slice(text.lastIndexOf("\n") + 1);
  if (end.startsWith("{") && !eventIn(end)) return { problem: "is cut in its last line" };
  const report = new ReportBuilder();
  let suite: Suite | undefined;
  let suites = 0;
  for (const line of text.split("\n")) {
    const event = eventIn(line);
    if (!event) continue;
    if (event.type === "test") {
      if (!suite) return { problem: "has tests outside of a suite" };
      addTest(report, suite, event);
      continue;
    }
    if (suite) endSuite(report, suite);
    suite = event.event === "started" ? newSuite(event) : undefined;
    suites += 1;
  }
  if (suite) endSuite(report, suite, true);
  return suites === 0 ? { problem: "has no line of libtest's JSON" } : report.report();
}

// What a test's own processes print stands between libtest's lines, or before one on its line. An event that is lost
// that way is noticed by the number of tests that its suite has announced.
function eventIn(line: string): Event | undefined {
  const start = line.indexOf('{ "type": "');
  if (start < 0) return undefined;
  try {
    return z.safeParse(Event, JSON.parse(line.slice(start))).data;
  } catch {
    return undefined;
  }
}

function newSuite({ test_count: waited }: Extract<Event, { type: "suite" }>): Suite {
  return { waited, running: new Set(), ended: 0 };
}

function addTest(report: ReportBuilder, suite: Suite, test: Extract<Event, { type: "test" }>): void {
  if (test.event === "started") suite.running.add(test.name);
  if (test.event === "started" || test.event === "timeout") return; // timeout only says that it is slow
  suite.running.delete(test.name);
  suite.ended += 1;
  const outcome = test.event === "ok" ? "passed" : test.event === "ignored" ? "skipped" : "failed";
  report.add(outcome, test.name, test.stdout ?? test.message ?? "");
}

// A test that ends its process takes the others along, and nothing is said of them.
function endSuite(report: ReportBuilder, suite: Suite, cut = false): void {
  for (const name of suite.running) report.add("error", name, "The test did not end: its process did.");
  const missing = (suite.waited ?? suite.ended) - suite.ended - suite.running.size;
  if (missing > 0) report.add("error", "test binary", `${missing} of its tests did not run.`);
  else if (cut && suite.running.size === 0) report.add("error", "test binary", "It ended before its report.");
}
