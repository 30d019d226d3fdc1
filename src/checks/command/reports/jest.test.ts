import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJest } from "./jest.ts";

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
}

test.each(["jest.json", "vitest.json"])("counts %s, a file that could not be loaded included", (name) => {
  const report = parseJest(recorded(name));
  expect(report).toMatchObject({ counts: { total: 5, passed: 1, failed: 1, errors: 1, skipped: 2 } });
  const failed = "failed" in report ? report.failed : [];
  expect(failed.map((one) => one.name)).toContain("/home/ann/project/broken.test.js");
  expect(failed.find((one) => one.name.includes("breaks"))?.message).toMatch(/^\w*Error: expect/);
});

test("does not believe totals", () => {
  const report = parseJest('{"success":true,"numTotalTests":9,"numPassedTests":9,"testResults":[]}');
  expect(report).toMatchObject({ counts: { total: 0 } });
});

test.each([
  ["empty", ""],
  ["truncated", recorded("jest.json").slice(0, -5)],
  ["no report", "{}"],
  ["null", "null"],
  ["an unknown status", '{"testResults":[{"assertionResults":[{"status":"great"}]}]}'],
])("is a problem: %s", (_, text) => {
  expect(parseJest(text)).toEqual({ problem: expect.any(String) as string });
});

test("never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseJest(text);
    }),
  );
});
