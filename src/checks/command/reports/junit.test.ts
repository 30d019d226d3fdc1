import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJunit } from "./junit.ts";
import type { TestReport } from "./report.ts";

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
}

function parse(text: string): TestReport {
  const report = parseJunit(text);
  if ("problem" in report) throw new Error(report.problem);
  return report;
}

function cases(...elements: string[]): string {
  return `<testsuites>${elements.join("")}</testsuites>`;
}

test.each(["node.xml", "node-22.xml", "node-24.xml"])("counts %s, but not a file without tests", (name) => {
  const { counts, failed } = parse(recorded(name));
  expect(counts).toEqual({ total: 8, passed: 3, failed: 2, errors: 0, skipped: 3 });
  expect(failed.map((one) => basename(one.name)).sort()).toEqual(["bad", "bad.test.js"]);
  expect(failed.find((one) => one.name === "bad")?.message).toMatch(
    /^\[Error \[ERR_TEST_FAILURE\]: 1 == 2\] \{/,
  );
});

test("counts a report of pytest", () => {
  const { counts, failed } = parse(recorded("pytest.xml"));
  expect(counts).toEqual({ total: 7, passed: 1, failed: 1, errors: 3, skipped: 2 });
  expect(failed.map(({ name }) => name)).toContain("test_a test_error");
});

test("counts reports of vitest and mocha", () => {
  const vitest = parse(recorded("vitest.xml"));
  expect(vitest.counts).toEqual({ total: 5, passed: 1, failed: 2, errors: 0, skipped: 2 });
  expect(vitest.failed.map(({ name }) => name)).toContain("broken.test.js");
  const mocha = parse(recorded("mocha.xml"));
  expect(mocha.counts).toEqual({ total: 4, passed: 1, failed: 1, errors: 0, skipped: 2 });
  expect(mocha.failed).toEqual([
    { name: "m breaks", message: expect.stringContaining("Context.<anonymous>") as string },
  ]);
});

test("counts Surefire's and nextest's reruns: a test that passed in the end is flaky", () => {
  const surefire = parse(recorded("surefire.xml"));
  expect(surefire.counts).toEqual({ total: 4, passed: 2, failed: 1, errors: 1, skipped: 0 });
  expect(surefire.failed.map(({ message }) => message.split("\n")[0]).sort()).toEqual([
    "java.lang.RuntimeException: Always throws exception",
    "org.opentest4j.AssertionFailedError: Always fails assertion ==> expected: <1> but was: <2>",
  ]);
  expect(surefire.flaky).toEqual([
    "example.ExampleTests failsAssertionOnlyFirstAttempt",
    "example.ExampleTests throwsOnlyFirstAttempt",
  ]);
  const nextest = parse(recorded("nextest.xml"));
  expect(nextest.counts).toEqual({ total: 3, passed: 2, failed: 1, errors: 0, skipped: 0 });
  expect(nextest.flaky).toEqual(["fixture-project::basic test_flaky_mod_4"]);
  expect(nextest.failed).toMatchObject([{ name: "fixture-project::basic test_failure_assert" }]);
});

test("counts reports of Gradle, PHPUnit (suites in suites) and bats", () => {
  const names = (name: string) => parse(recorded(name)).failed.map((one) => one.name);
  expect(parse(recorded("gradle.xml")).counts).toMatchObject({ total: 3, passed: 2, failed: 1 });
  expect(parse(recorded("phpunit.xml")).counts).toMatchObject({ total: 3, passed: 2, failed: 1 });
  expect(names("phpunit.xml")).toEqual(["targeting-traits-is-deprecated.phpt"]);
  expect(parse(recorded("bats.xml")).counts).toMatchObject({ total: 3, passed: 1, failed: 1, skipped: 1 });
  expect(names("bats.xml")).toEqual(["add.bats breaks"]);
});

test("a test may be named after a file", () => {
  const file = 'classname="test" file="/a/b.test.js"';
  const named = [
    '<testcase name="loads config.js" classname="test"/>',
    `<testcase name="c.test.js" ${file}/>`,
  ];
  expect(parse(cases(...named, '<testcase name="d.test.js" classname="suite"/>')).counts.passed).toBe(3);
  const files = [
    '<testcase name="a room/b.test.js" classname="test"/>',
    `<testcase name="b.test.js" ${file}/>`,
  ];
  expect(parse(cases(...files, '<testcase name="a.mjs" classname="test"/>')).counts.total).toBe(0);
});

test("does not believe totals", () => {
  const text = '<testsuite tests="99" failures="0"><testcase name="a"><failure/></testcase></testsuite>';
  expect(parse(text).counts).toEqual({ total: 1, passed: 0, failed: 1, errors: 0, skipped: 0 });
  expect(parse('<testsuites tests="5"/>').counts.total).toBe(0);
});

test("finds cases at any depth, one or many, with or without a name", () => {
  const nested = "<testsuite>".repeat(50) + "<testcase/>" + "</testsuite>".repeat(50);
  expect(parse(cases(nested, '<testcase name="a"/>', "<testcase/>")).counts.passed).toBe(3);
});

test("counts an error of a whole suite", () => {
  const report = parse(cases('<testsuite name="s"><error message="cannot load"/></testsuite>'));
  expect(report.counts.errors).toBe(1);
  expect(report.failed).toEqual([{ name: "s", message: "cannot load" }]);
});

test("limits what it keeps of failures", () => {
  const failing = `<testcase name="${"n".repeat(1000)}"><failure>${"m".repeat(9000)}</failure></testcase>`;
  const { counts, failed } = parse(cases(...Array<string>(300).fill(failing)));
  expect(counts.failed).toBe(300);
  expect(failed).toHaveLength(200);
  expect(failed[0]?.message).toHaveLength(4000);
  expect(failed[0]?.name).toHaveLength(500);
});

test("reads a DOCTYPE in a message as text", () => {
  const text = cases('<testcase name="a"><failure><![CDATA[<!DOCTYPE html>]]></failure></testcase>');
  expect(parse(text).failed).toEqual([{ name: "a", message: "<!DOCTYPE html>" }]);
});

const bomb = `<?xml version="1.0"?><!-- x --><!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuites/>`;

test.each([
  ["empty", ""],
  ["blank", " \n"],
  ["prose", "all tests passed"],
  ["JSON", "{}"],
  ["truncated", recorded("node.xml").slice(0, -30)],
  ["truncated in a tag", "<testsuites><testcase na"],
  ["crossed", "<testsuites><testcase></testsuites></testcase>"],
  ["another document", "<html><testcase/></html>"],
  ["an entity bomb", bomb],
  ["too deep", "<testsuite>".repeat(5000) + "</testsuite>".repeat(5000)],
  ["hostile names", "<testsuites><__proto__ a='1'/></testsuites>"],
  ["NUL bytes", "\0\0\0\0"],
])("is a problem: %s", (_, text) => {
  expect(parseJunit(text)).toEqual({ problem: expect.any(String) as string });
});

test("does not expand entities that a document defines inside", () => {
  const inside =
    '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testcase name="&b;"><failure/></testcase>';
  expect(parse(cases(inside)).failed).toEqual([{ name: "&b;", message: "" }]);
});

test("never throws", () => {
  const piece = fc.constantFrom(
    "<testsuites>",
    "</testsuites>",
    "<testcase",
    ' name="a"',
    "/>",
    ">",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&lt;",
    "&x;",
    "<!DOCTYPE",
    "<?xml",
    "?>",
    "x",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      parseJunit(pieces.join(""));
    }),
    { numRuns: 1000 },
  );
});
