import { expect, test } from "vitest";
import { readBlockers } from "./read-blockers.ts";
import { readRow } from "./read-row.ts";

test.each([
  ['["SPEC-047","BUG-1"]', ["SPEC-047", "BUG-1"], false],
  ["[]", [], false],
  [null, [], false],
  ["SPEC-047", ["SPEC-047"], true],
  ["SPEC-047, SPEC-048", ["SPEC-047", "SPEC-048"], true],
  ['["SPEC-047"', ["SPEC-047"], true],
  ['"SPEC-047"', ["SPEC-047"], true],
  ['[["SPEC-047"], 3]', ["SPEC-047"], true],
  ['["SPEC-1","spec-1"]', ["spec-1"], false],
  ["???", [], true],
  [42, [], true],
] as const)("%j waits for %j", (written, ids, isChanged) => {
  const row = readRow({ blocked_by: written });
  expect(readBlockers(row)).toEqual(ids);
  expect(row.changes.size > 0).toBe(isChanged);
});
