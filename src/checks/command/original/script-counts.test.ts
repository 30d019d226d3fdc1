import { expect, test } from "vitest";
import { countsOfRows, strictest } from "./script-counts.ts";

const row = (passed: unknown, failed: unknown, errors: unknown, skipped: unknown, failed_tests?: string) => ({
  ...{ passed, failed, errors, skipped, failed_tests: failed_tests ?? null },
});

test("the last row counts; its parts are added up", () => {
  expect(countsOfRows([])).toBeUndefined();
  expect(countsOfRows([row(1, 0, 0, 0), row(3, 0, 0, 1)])).toEqual({
    counts: { total: 4, passed: 3, failed: 0, errors: 0, skipped: 1 },
    failed: [],
    flaky: [],
  });
});

test("no later row hides a failure", () => {
  const failed = '[{"test":"test_a","error":"assert 1 == 2"}]';
  const red = countsOfRows([row(2, 1, 0, 0, failed), row(3, 0, 0, 0)]);
  expect(red).toEqual({
    counts: { total: 3, passed: 2, failed: 1, errors: 0, skipped: 0 },
    failed: [{ name: "test_a", message: "assert 1 == 2" }],
    flaky: [],
  });
  // The original's second row of an ordinary failure: failed 0, errors 1.
  expect(countsOfRows([row(2, 1, 0, 0), row(2, 0, 1, 0)])).toMatchObject({ counts: { errors: 1 } });
});

test("a row without whole numbers cannot be counted, whatever the others say", () => {
  for (const wrong of [row("many", 0, 0, 0), row(1, null, 0, 0), row(1.5, 0, 0, 0), row(1, -1, 0, 0)]) {
    expect(countsOfRows([row(1, 0, 0, 0), wrong])).toHaveProperty("problem");
  }
});

test("names of failed tests that are no JSON do not change the numbers", () => {
  expect(countsOfRows([row(0, 2, 0, 0, "[oops")])).toMatchObject({ counts: { failed: 2 }, failed: [] });
  expect(countsOfRows([row(0, 2, 0, 0, "{}")])).toMatchObject({ counts: { failed: 2 }, failed: [] });
});

test("a runner's report goes before the script's rows, but a failure of either is one", () => {
  const green = { counts: { total: 2, passed: 2, failed: 0, errors: 0, skipped: 0 }, failed: [], flaky: [] };
  const red = { counts: { total: 2, passed: 1, failed: 1, errors: 0, skipped: 0 }, failed: [], flaky: [] };
  const more = { counts: { total: 9, passed: 9, failed: 0, errors: 0, skipped: 0 }, failed: [], flaky: [] };
  const broken = { problem: "cut off" };
  expect(strictest(green, more)).toBe(green);
  expect(strictest(green, undefined)).toBe(green);
  expect(strictest(undefined, green)).toBe(green);
  expect(strictest(undefined, undefined)).toBeUndefined();
  expect(strictest(green, red)).toBe(red);
  expect(strictest(red, green)).toBe(red);
  expect(strictest(broken, red)).toBe(red);
  expect(strictest(broken, green)).toBe(broken); // a report that was begun must be whole
  expect(strictest(green, broken)).toBe(green);
});
