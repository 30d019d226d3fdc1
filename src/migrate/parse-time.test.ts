import { expect, test } from "vitest";
import { parseTime } from "./parse-time.ts";

const local = (text: string): string => new Date(text).toISOString();

test.each([
  ["2025-12-04 10:20:30", "2025-12-04T10:20:30.000Z"],
  ["2025-12-04T10:20:30Z", "2025-12-04T10:20:30.000Z"],
  ["2025-12-04T10:20:30.123456+00:00", "2025-12-04T10:20:30.123Z"],
  ["2025-12-04T10:20:30+0200", "2025-12-04T08:20:30.000Z"],
  ["2025-12-04 10:20:30.5 UTC", "2025-12-04T10:20:30.500Z"],
  ["2025-12-04T10:20:30.123456", local("2025-12-04T10:20:30.123")],
  ["2025-12-04", "2025-12-04T00:00:00.000Z"],
  [1_764_843_630, "2025-12-04T10:20:30.000Z"],
  ["1764843630.25", "2025-12-04T10:20:30.250Z"],
  [1_764_843_630_123, "2025-12-04T10:20:30.123Z"],
] as const)("%s is %s", (written, time) => {
  expect(parseTime(written)).toBe(time);
});

test.each(["", "yesterday", "2025-13-04", "2025-12-04T25:00:00Z", "12", 0, -1, null, 1e300, { base64: "" }])(
  "%j is no time",
  (written) => {
    expect(parseTime(written)).toBeUndefined();
  },
);
