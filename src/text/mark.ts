import type { Colors } from "./text.ts";

/** How a thing stands: passed, failed, needs attention, left out, under way or not begun. */
export type Mark = "pass" | "fail" | "warn" | "skip" | "running" | "pending";

const marks: Readonly<Record<Mark, readonly [string, keyof Colors]>> = {
  pass: ["✓", "green"],
  fail: ["✗", "red"],
  warn: ["!", "yellow"],
  skip: ["–", "dim"],
  running: ["▸", "cyan"],
  pending: ["○", "dim"],
};

/** The one-cell sign of a state, in its colour. */
export function mark(state: Mark, colors: Colors): string {
  const [sign, color] = marks[state];
  return colors[color](sign);
}
