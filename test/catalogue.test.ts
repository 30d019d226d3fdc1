import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Rows that wait for tests on other branches; nothing may stay here. */
const awaited: readonly string[] = ["M2", "W13", "D3", "D4", "D12"];

/** How many rows each part of the failure catalogue has: merges, worktrees, tasks, gates, database. */
const catalogue = { M: 20, W: 16, T: 4, G: 14, D: 16 };

const rows = Object.entries(catalogue).flatMap(([part, count]) =>
  Array.from({ length: count }, (_, index) => `${part}${index + 1}`),
);

/** A text that is the first argument of a call and is followed by a function, or by its options: the title of a test. */
const title = /\(\s*"((?:[^"\\\n]|\\.)*)",\s*(?:async\b|\(|\{)/g;

function allTitles(): string[] {
  return ["src", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => readFileSync(join(root, folder, path), "utf8"))
      .flatMap((text) => [...text.matchAll(title)].map(([, words = ""]) => words)),
  );
}

test("each row of the failure catalogue has a test that is named after it", () => {
  const named = new Set(allTitles().flatMap((title) => title.match(/\b[MWTGD]\d{1,2}\b/g) ?? []));
  expect(rows.filter((row) => !named.has(row) && !awaited.includes(row))).toEqual([]);
  expect(
    awaited.filter((row) => named.has(row)),
    "has its test now: take it out of the list",
  ).toEqual([]);
});
