import fc from "fast-check";
import { expect, test } from "vitest";
import { loadColors, plainColors } from "./colors.ts";
import { cellWidth, cut } from "./cut.ts";
import { definitionList, indented } from "./definitions.ts";
import { mark } from "./mark.ts";
import { plural } from "./plural.ts";
import { table } from "./table.ts";
import type { Text } from "./text.ts";

const text: Text = { colors: plainColors, columns: 40, now: "2026-01-01T00:00:00.000Z" };
const widest = (shown: string): number => Math.max(...shown.split("\n").map(cellWidth));

test("columns are aligned, numbers to the right, no trailing blanks", () => {
  const shown = table(
    ["ID", { head: "N", align: "right" }, "TITLE"],
    [
      ["A", 3, "x"],
      ["BBB", 12, undefined],
    ],
    text,
  );
  expect(shown).toBe("ID    N  TITLE\nA     3  x\nBBB  12");
});

test("without headings there is no head line, without rows there is nothing", () => {
  expect(table([{}, {}], [["a", "b"]], text)).toBe("a  b");
  expect(table(["ID"], [], text)).toBe("");
});

test("only what does not fit is cut, the widest column first, whole columns never", () => {
  const long = "a title that is much longer than the line is";
  const shown = table([{ head: "ID", whole: true }, "TITLE", "ROLE"], [["SPEC-0001", long, "backend"]], text);
  expect(shown.split("\n")[1]).toBe("SPEC-0001  a title that is muc…  backend");
  const wholeOnly = table([{ whole: true }], [[long]], text);
  expect(wholeOnly).toBe(long);
});

test("width is counted in cells, not in characters", () => {
  const shown = table(
    ["A", "B"],
    [
      ["日本語日本語日本語日本語日本語日本語日本語", "x"],
      ["e\u0301", "y"],
    ],
    text,
  );
  expect(widest(shown)).toBeLessThanOrEqual(40);
  expect(shown).toContain("…  x");
  expect(cellWidth(shown.split("\n")[2] ?? "")).toBe(cellWidth(shown.split("\n")[1] ?? ""));
  expect(cut("Привет мир, это длинное название", 12)).toBe("Привет мир,…");
});

test("line breaks and control characters of data never break the table", () => {
  const shown = table(["A", "B"], [["one\ntwo\x1b[31m", "x"]], text);
  expect(shown.split("\n")).toHaveLength(2);
  expect(shown).toContain("one two\\x1b[31m");
});

test("a painted cell is coloured after it was measured and cut", async () => {
  const colors = await loadColors(true);
  const shown = table([{}, {}], [[{ text: "x".repeat(60), paint: colors.red }, "end"]], { ...text, colors });
  expect(shown).toBe(`\x1b[31m${"x".repeat(34)}…\x1b[39m  end`);
});

test("any rows stay one line each and within the width", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", " ", "\n", "語", "\x1b", "é", "-") });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const shown = table(["ID", "TITLE", "NOTES"], rows, text);
      expect(shown.split("\n")).toHaveLength(rows.length + 1);
      expect(widest(shown)).toBeLessThanOrEqual(40);
    }),
  );
});

test("a cut text never takes more cells than allowed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (long, cells) => {
      expect(cellWidth(cut(long, cells))).toBeLessThanOrEqual(cells);
    }),
  );
});

test("definitions wrap the meaning at words and hang it", () => {
  const shown = definitionList(
    [
      ["--type", "one two three four five six"],
      ["-h", ""],
    ],
    34,
  );
  expect(shown).toBe("  --type   one two three four five\n           six\n  -h");
  expect(indented("one two three four five six", 24)).toBe("  one two three four\n  five six");
  expect(definitionList([], 80)).toBe("");
});

test("marks and counted nouns", async () => {
  expect(mark("pass", plainColors)).toBe("✓");
  expect(mark("fail", await loadColors(true))).toBe("\x1b[31m✗\x1b[39m");
  expect([plural(0, "task"), plural(1, "branch", "branches"), plural(2, "branch", "branches")]).toEqual([
    "0 tasks",
    "1 branch",
    "2 branches",
  ]);
});
