import { expect, test } from "vitest";
import { ago } from "./ago.ts";
import { duration } from "./duration.ts";

const now = "2026-06-15T12:00:00.000Z";

test.each([
  ["2026-06-15T11:59:30.000Z", "just now"],
  ["2026-06-15T11:59:00.000Z", "1m ago"],
  ["2026-06-15T11:00:01.000Z", "59m ago"],
  ["2026-06-15T09:00:00.000Z", "3h ago"],
  ["2026-06-13T12:00:00.000Z", "2d ago"],
  ["2026-05-15T12:00:00.000Z", "4w ago"],
  ["2026-01-15T12:00:00.000Z", "4mo ago"],
  ["2023-06-15T12:00:00.000Z", "3y ago"],
  ["2026-06-15T12:00:20.000Z", "just now"],
  ["2026-06-15T12:05:00.000Z", "in 5m"],
  ["yesterday", "unknown"],
])("ago %s", (then, expected) => {
  expect(ago(then, now)).toBe(expected);
});

test.each([
  [0, "0ms"],
  [839.6, "840ms"],
  [999.6, "1.0s"],
  [12_340, "12.3s"],
  [59_960, "1m 00s"],
  [125_000, "2m 05s"],
  [3_599_600, "1h 00m"],
  [3_720_000, "1h 02m"],
  [-1, "unknown"],
  [Number.NaN, "unknown"],
])("duration %d", (milliseconds, expected) => {
  expect(duration(milliseconds)).toBe(expected);
});
