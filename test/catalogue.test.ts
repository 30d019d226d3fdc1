import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { victims } from "./support/faults/operations.ts";

const root = resolve(import.meta.dirname, "..");

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
  // One test kills each operation, under the row that it stands for.
  const titles = [...allTitles(), ...victims.map(({ row }) => row)];
  const named = new Set(titles.flatMap((title) => title.match(/\b[MWTGD]\d{1,2}\b/g) ?? []));
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});
