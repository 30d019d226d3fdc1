import { expect, test } from "vitest";
import { mapSession } from "./session.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test.each([
  [
    "packed",
    base64("# Hand-off\nGo on with SPEC-1 – später"),
    "# Hand-off\nGo on with SPEC-1 – später",
    false,
  ],
  ["packed in lines", base64("x".repeat(100)).replaceAll(/(.{76})/g, "$1\n"), "x".repeat(100), false],
  ["plain", "# Hand-off\nGo on with SPEC-1", "# Hand-off\nGo on with SPEC-1", false],
  ["a plain word", "test", "test", false],
  ["cut short", `${base64("# Hand-off go on")}*`, `${base64("# Hand-off go on")}*`, true],
  ["packed bytes", Buffer.from([0, 255, 254, 1, 2, 3, 4, 5, 6, 7]).toString("base64"), undefined, true],
])("a hand-off that is %s", (_, written, content, isChanged) => {
  const session = mapSession(
    { id: "S-1", created_at: "2025-01-01 00:00:00", handoff_content: written },
    "now",
  );
  expect(session).toMatchObject({ record: { content: content ?? written } });
  expect("changes" in session && session.changes.length > 0).toBe(isChanged);
});
