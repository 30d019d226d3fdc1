import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Rows that wait for tests on other branches; nothing may stay here. */
const awaited: readonly string[] = ["M2", "W13", "D3", "D4", "D12"];

/** How many rows each part of the failure catalogue has: merges, worktrees, tasks, gates, database. */
const catalogue = { M: 20, W: 16, T: 4, G: 14, D: 16 };

const rows = Object.entries(catalogue).flatMap(([part, count]) =>
  Array.from({ length: count }, (_, index) => `${part}${index + 1}`),
);

/** The first argument of each call of a test of one file: titles of tests, and of their groups. */
function titlesIn(path: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    if (first && ts.isStringLiteralLike(first) && ts.isCallExpression(node)) {
      if (/^(test|it|describe)\b/.test(node.expression.getText())) titles.push(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true));
  return titles;
}

function allTitles(): string[] {
  return ["src", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .flatMap((path) => titlesIn(join(root, folder, path))),
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
