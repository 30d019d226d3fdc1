import { expect, test } from "vitest";
import type { TestCounts } from "../../model/gate-run.ts";
import type { CommandEnd, CommandResult } from "../../system/command.ts";
import type { CommandDefinition } from "./definition.ts";
import { judge, type ReportFound } from "./judge.ts";
import type { TestReport } from "./reports/report.ts";
import { testsDefinition } from "./tree.fixture.ts";

function ended(changes: Partial<CommandResult> = {}): CommandResult {
  const log = { logBytes: 0, logCut: false, logSha256: "" };
  const end = { end: "exit", exitCode: 0, signal: null, leftProcesses: [] } as const;
  return { ...log, ...end, durationMs: 1, stdoutCut: false, tail: [], ...changes };
}

function report(counts: Partial<TestCounts>): TestReport {
  const all = { passed: 0, failed: 0, errors: 0, skipped: 0, ...counts };
  const total = all.passed + all.failed + all.errors + all.skipped;
  const failed = Array.from({ length: all.failed + all.errors }, (_, index) => ({
    name: `t${index}`,
    message: "",
  }));
  return { counts: { total, ...all }, failed, flaky: [] };
}

function verdict(found: ReportFound, changes: Partial<CommandDefinition> = {}, result = ended()) {
  const { verdict, message } = judge(
    testsDefinition({ report: { kind: "asked" }, ...changes }),
    result,
    found,
    "/log",
  );
  return `${verdict}: ${message}`;
}

test("counted tests pass", () => {
  expect(verdict(report({ passed: 1 }))).toBe("pass: 1 test passed");
  expect(verdict(report({ passed: 3, skipped: 2 }))).toBe("pass: 3 tests passed, 2 skipped");
});

test("a failed or broken test fails the check, whatever the exit code", () => {
  const failed = report({ passed: 5, failed: 3, errors: 1 });
  const message = "fail: 4 of 9 tests failed: t0, t1, t2, …; log: /log";
  expect(verdict(failed)).toBe(message);
  expect(verdict(failed, {}, ended({ exitCode: 1 }))).toBe(message);
  expect(verdict(failed, { minTests: 0 })).toBe(message);
});

test("an exit code fails the check, whatever the report", () => {
  expect(verdict(report({ passed: 9 }), {}, ended({ exitCode: 2 }))).toBe(
    "fail: true ended with exit code 2, although no test of its report failed (9 tests passed); log: /log",
  );
});

test("too few tests fail, and skipped ones do not count", () => {
  expect(verdict(report({}))).toBe("fail: 0 tests ran, at least 1 must (min_tests); log: /log");
  expect(verdict(report({ skipped: 9 }))).toMatch(/^fail: 0 tests ran/);
  expect(verdict(report({ passed: 4, skipped: 9 }), { minTests: 5 })).toMatch(
    /^fail: 4 tests ran, at least 5 must/,
  );
  expect(verdict(report({}), { minTests: 0 })).toBe("pass: 0 tests passed");
});

test("skips are limited where the project says so", () => {
  const skipping = report({ passed: 4, skipped: 2 });
  expect(verdict(skipping, { allowSkipped: 2 })).toMatch(/^pass/);
  expect(verdict(skipping, { allowSkipped: 1 })).toBe(
    "fail: 2 tests skipped, at most 1 may be (allow_skipped); log: /log",
  );
  expect(verdict(skipping, { allowSkipped: 0 })).toMatch(/^fail/);
});

test("unknown counts fail unless min_tests: 0 is spelled out", () => {
  expect(verdict("not_asked", { report: { kind: "none" } })).toMatch(
    /^fail: .*how many tests ran is unknown; set checks\.tests\.report/,
  );
  expect(verdict("missing")).toMatch(
    /^fail: exit code 0, but the report that calm asked for was not written/,
  );
  expect(verdict({ problem: "is empty" })).toMatch(/^fail: .* cannot be counted: is empty/);
  expect(verdict("not_asked", { minTests: 0 })).toMatch(/^pass: .* not counted \(min_tests: 0\)/);
  expect(verdict("missing", { minTests: 0 })).toMatch(/^pass/);
  expect(verdict({ problem: "is empty" }, { minTests: 0 })).toMatch(/^fail/);
});

test("a report on the output must be one, even with min_tests: 0", () => {
  const output = { report: { kind: "output", format: "tap" }, minTests: 0 } as const;
  expect(verdict({ problem: "is empty" }, output)).toMatch(/^fail: .* tap report on its output/);
  expect(verdict("missing", output)).toMatch(/^fail/);
});

test("a report that the project names must be there, even with min_tests: 0", () => {
  const file = { kind: "file", format: "junit", path: "r.xml" } as const;
  expect(verdict("missing", { report: file, minTests: 0 })).toMatch(
    /^fail: .* report r\.xml was not written/,
  );
});

test("a runner that ran tests again until they passed is told", () => {
  expect(verdict({ ...report({ passed: 3 }), flaky: ["a", "b"] })).toBe(
    "pass: 3 tests passed, 2 of them only when the runner ran them again: a, b",
  );
});

test("a linter's report must be there and without findings, whatever the exit code", () => {
  const lint = { check: "lint", isTests: false } as const;
  const file = { ...lint, report: { kind: "file", format: "sarif", path: "r.sarif" } } as const;
  const output = { ...lint, report: { kind: "output", format: "sarif" } } as const;
  expect(verdict(report({}), file)).toBe("pass: true ended with exit code 0");
  expect(verdict(report({ failed: 1 }), output)).toBe("fail: 1 finding: t0; log: /log");
  expect(verdict(report({ failed: 5 }), file)).toBe("fail: 5 findings: t0, t1, t2, …; log: /log");
  expect(verdict("missing", file)).toMatch(/^fail: .* report r\.sarif was not written/);
  expect(verdict({ problem: "is empty" }, { ...output, minTests: 0 })).toMatch(
    /^fail: .* sarif report on its output cannot be counted: is empty/,
  );
});

test("linters and type checkers need exit 0 only", () => {
  const lint = { check: "lint", isTests: false, report: { kind: "none" } } as const;
  expect(verdict("not_asked", lint)).toBe("pass: true ended with exit code 0");
  expect(verdict("not_asked", lint, ended({ exitCode: 1 }))).toMatch(/^fail/);
});

test.each<[CommandEnd, Partial<CommandResult>, RegExp]>([
  ["not_found", { exitCode: null }, /^fail: true was not found or cannot be run/],
  ["timeout", {}, /^fail: true was stopped after its timeout of 20 minutes/],
  ["interrupted", {}, /^fail: true was interrupted/],
  ["signal", { exitCode: null, signal: "SIGSEGV" }, /^fail: true was killed by SIGSEGV/],
  ["left_processes", { leftProcesses: ["sleep (7)"] }, /^fail: .*: sleep \(7\)/],
  ["exit", { exitCode: null }, /^fail/],
])("%s is never a pass", (end, changes, message) => {
  for (const minTests of [0, 1]) {
    expect(verdict(report({ passed: 9 }), { minTests }, ended({ end, ...changes }))).toMatch(message);
  }
});

test("a missing tool is told by the shell's exit code", () => {
  expect(verdict("missing", {}, ended({ exitCode: 127 }))).toMatch(/needs a program that was not found/);
  expect(verdict("missing", {}, ended({ exitCode: 126 }))).toMatch(/needs a program that cannot be run/);
});
