import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSarif } from "./sarif.ts";

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
}

function log(run: object): string {
  return JSON.stringify({
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "t" } }, results: [], ...run }],
  });
}

function namesOf(text: string): string[] | string {
  const report = parseSarif(text);
  return "problem" in report ? report.problem : report.failed.map(({ name }) => name);
}

test("lists Biome's findings by file, line and rule", () => {
  expect(parseSarif(recorded("biome.sarif"))).toMatchObject({
    counts: { total: 2, failed: 2 },
    failed: [
      {
        name: "/home/ann/project/a.js:2 lint/suspicious/noDebugger",
        message: "This is an unexpected use of the debugger statement.",
      },
      { name: "/home/ann/project/a.js:3 lint/suspicious/noDoubleEquals" },
    ],
  });
});

test("a finding counts unless its suppression was accepted", () => {
  const report = parseSarif(recorded("suppressions.sarif"));
  expect(report).toMatchObject({ counts: { total: 3, failed: 3 } });
  expect("failed" in report && report.failed.every(({ message }) => message.includes("visible"))).toBe(true);
});

test("a rule of an extension is looked up there, and what the tool says of its settings counts", () => {
  const note = { id: "x", defaultConfiguration: { level: "note" } };
  const tool = { driver: { name: "t", rules: [note] }, extensions: [{ name: "e", rules: [{ id: "y" }] }] };
  const found = { rule: { index: 0, toolComponent: { index: 0 } }, message: { text: "m" } };
  expect(namesOf(log({ tool, results: [found] }))).toEqual(["y"]);
  expect(namesOf(log({ tool, results: [{ rule: { index: 0 }, message: { text: "m" } }] }))).toEqual([]);
  const toolConfigurationNotifications = [{ level: "error", message: { text: "Parsing error" } }];
  expect(parseSarif(log({ invocations: [{ toolConfigurationNotifications }] }))).toMatchObject({
    failed: [{ name: "t", message: "Parsing error" }],
  });
});

test("the level is the finding's own, or its rule's, or warning", () => {
  const rules = [
    { id: "note", defaultConfiguration: { level: "note" } },
    { id: "bad", defaultConfiguration: { level: "error" } },
  ];
  const message = { text: "m" };
  const results = [
    { ruleId: "note", message },
    { ruleIndex: 1, message },
    { ruleId: "bad", level: "none", message },
    { rule: { id: "note", index: 0 }, level: "warning", message },
    { message },
    { ruleId: "bad", kind: "pass", message },
    { ruleId: "bad", baselineState: "absent", message },
  ];
  expect(namesOf(log({ tool: { driver: { rules } }, results }))).toEqual(["bad", "note", "finding"]);
});

test("a tool that says that it failed has failed", () => {
  expect(namesOf(log({ invocations: [{ executionSuccessful: false }] }))).toEqual(["t"]);
  const toolExecutionNotifications = [{ level: "error", message: { text: "crash" } }, { level: "warning" }];
  expect(parseSarif(log({ invocations: [{ toolExecutionNotifications }] }))).toMatchObject({
    counts: { total: 1, errors: 1 },
    failed: [{ name: "t", message: "crash" }],
  });
  expect(namesOf(log({ invocations: [{ executionSuccessful: true }] }))).toEqual([]);
});

test.each([
  ["empty", ""],
  ["truncated", recorded("biome.sarif").slice(0, -9)],
  ["without runs", '{"version":"2.1.0","runs":[]}'],
  ["of another version", '{"version":"1.0.0","runs":[{"tool":{"driver":{}},"results":[]}]}'],
  ["a run that has not looked", '{"version":"2.1.0","runs":[{"tool":{"driver":{}}}]}'],
  ["eslint's own JSON", '[{"filePath":"a.js","messages":[]}]'],
])("is a problem: %s", (_, text) => {
  expect(parseSarif(text)).toEqual({ problem: expect.any(String) as string });
});

test("never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseSarif(text);
    }),
  );
});
