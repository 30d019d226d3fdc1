import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTap } from "./tap.ts";

const recorded = readFileSync(join(import.meta.dirname, "recorded/node.tap"), "utf8");

const counts = (passed: number, failed: number, errors: number, skipped: number) => ({
  counts: { total: passed + failed + errors + skipped, passed, failed, errors, skipped },
});

test("counts node's TAP: subtests for their parent, SKIP and TODO as skipped", () => {
  expect(parseTap(recorded)).toMatchObject({
    ...counts(2, 1, 0, 2),
    failed: [{ name: "breaks", message: expect.stringContaining("error: '1 == 2'") as string }],
  });
});

test("counts AVA's TAP behind npm's banner, with what looks like TAP in its texts", () => {
  const ava = readFileSync(join(import.meta.dirname, "recorded/ava.tap"), "utf8");
  // Files that cannot be loaded are points too, which its plan leaves out.
  expect(parseTap(ava)).toMatchObject({
    ...counts(3, 4, 1, 2),
    failed: [
      { name: "b › bad", message: expect.stringContaining("assertion: t.is()") as string },
      { name: "b › thrown" },
      { name: "Error: no load" },
      { name: "load.test.js exited with a non-zero exit code: 1" },
      { name: "TAP plan" },
    ],
  });
  expect(parseTap(ava.replace(/^1\.\.7$/m, ""))).toEqual({ problem: "has no plan: it may be cut" });
  const like = "1..1\nnot ok 1 - a\n  ---\n    message: |-\n      ...\n      ok 2 - b\n  ...\n";
  expect(parseTap(like)).toMatchObject(counts(0, 1, 0, 0));
});

test("counts TAP 14 and bats, with diagnostics", () => {
  const bats =
    "1..3\nok 1 adds\nnot ok 2 breaks in 5ms\n# (in test file a.bats, line 3)\nok 3 later # skip no\n";
  expect(parseTap(bats)).toMatchObject({
    ...counts(1, 1, 0, 1),
    failed: [{ name: "breaks in 5ms", message: "(in test file a.bats, line 3)" }],
  });
  const late = "TAP version 14\nok\nok - with \\# skip in its name\n1..2\n";
  expect(parseTap(late)).toMatchObject(counts(2, 0, 0, 0));
});

test("a parent that fails although its subtests pass has failed by itself", () => {
  const text = "TAP version 14\n    ok 1 - a\n    1..1\nnot ok 1 - all\n1..1\n";
  expect(parseTap(text)).toMatchObject({ ...counts(1, 1, 0, 0), failed: [{ name: "all" }] });
});

test("a plan that is not kept is an error", () => {
  expect(parseTap("1..3\nok 1\n")).toMatchObject({
    ...counts(1, 0, 1, 0),
    failed: [{ name: "TAP plan", message: "3 tests were planned, 1 ran." }],
  });
  expect(parseTap("1..1\nok 1\nok 2\n")).toMatchObject(counts(2, 0, 1, 0));
  expect(parseTap("    1..2\n    ok 1 - a\nok 1 - all\n1..1\n")).toMatchObject(counts(1, 0, 1, 0));
  expect(parseTap("    ok 1 - a\nok 1 - all\n1..1\n")).toMatchObject(counts(1, 0, 1, 0));
  expect(parseTap("1..0 # SKIP no database\n")).toMatchObject(counts(0, 0, 0, 0));
});

test("a run that bails out has failed", () => {
  expect(parseTap("1..9\nok 1\nBail out! no disk\n")).toMatchObject({
    ...counts(1, 0, 1, 0),
    failed: [{ name: "Bail out!", message: "no disk" }],
  });
  expect(parseTap("Bail out!\n")).toMatchObject(counts(0, 0, 1, 0));
});

test("a failing test that says it is skipped has failed", () => {
  expect(parseTap("1..1\nnot ok 1 - a # SKIP\n")).toMatchObject(counts(0, 1, 0, 0));
});

test("two documents in a row are both counted", () => {
  expect(parseTap("TAP version 13\n1..1\nok 1\nTAP version 13\n1..1\nnot ok 1\n")).toMatchObject(
    counts(1, 1, 0, 0),
  );
});

test.each([
  ["empty", ""],
  ["blank", "\n\n"],
  ["prose", "all is well\n"],
  ["XML", "<testsuites/>"],
  ["JSON", '{"ok":1}'],
  ["without a plan", "ok 1\nok 2\n"],
  ["truncated before its plan", recorded.slice(0, recorded.indexOf("1..4"))],
  ["with two plans", "1..1\nok 1\n1..1\n"],
  ["too deep", `${" ".repeat(400)}ok 1\n1..1\n`],
])("is a problem: %s", (_, text) => {
  expect(parseTap(text)).toEqual({ problem: expect.any(String) as string });
});

test("never throws", () => {
  const piece = fc.constantFrom(
    ...[
      "1..2",
      "ok 1",
      "not ok 2 - a",
      "    ok 1",
      "        1..1",
      "  ---",
      "  ...",
      "# x",
      "Bail out! x",
      "    1..1",
    ],
    ...["TAP version 14", "ok 3 # SKIP", "not ok # TODO", "1..999999999999999999999", "x"],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join("\n")),
      ),
      (text) => {
        parseTap(text);
      },
    ),
    { numRuns: 500 },
  );
});
