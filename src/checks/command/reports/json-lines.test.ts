import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCargo } from "./cargo.ts";
import { parseGo } from "./go.ts";

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
}

function lines(...objects: readonly object[]): string {
  return `${objects.map((object) => JSON.stringify(object)).join("\n")}\n`;
}

const counts = (passed: number, failed: number, errors: number, skipped: number) => ({
  counts: { total: passed + failed + errors + skipped, passed, failed, errors, skipped },
});

test("go: tests without subtests are counted, a package that exits is an error", () => {
  const report = parseGo(recorded("go-old.jsonl"));
  expect(report).toMatchObject({
    ...counts(3, 1, 1, 1),
    failed: [
      { name: "example.com/internal/badmain", message: expect.stringContaining("can exit 2") as string },
      {
        name: "example.com/internal/frenzy TestPanics",
        message: expect.stringContaining("panic: this is a panic") as string,
      },
    ],
  });
});

test("go: a package that times out after its tests is an error", () => {
  expect(parseGo(recorded("go-timeout.jsonl"))).toMatchObject({
    ...counts(1, 0, 1, 0),
    failed: [{ name: "example.com/test" }],
  });
});

test("go: what cannot be built is an error with the compiler's words, once", () => {
  expect(parseGo(recorded("go-build.jsonl"))).toMatchObject({
    ...counts(0, 0, 1, 0),
    failed: [
      { name: "example.com/m", message: expect.stringContaining("undefined: commandNameMatches") as string },
    ],
  });
  const prose = "FAIL\texample.com/x [build failed]\nFAIL\n";
  expect(parseGo(prose)).toMatchObject({ ...counts(0, 0, 1, 0), failed: [{ name: "example.com/x" }] });
  const alone = lines({ ImportPath: "p", Action: "build-output", Output: "no\n" }).concat(
    lines({ ImportPath: "p", Action: "build-fail" }),
  );
  expect(parseGo(alone)).toMatchObject({ ...counts(0, 0, 1, 0), failed: [{ name: "p", message: "no" }] });
});

test("go: a parent fails with its subtests, or by itself", () => {
  const event = (Action: string, Test?: string) => ({ Action, Package: "p", ...(Test && { Test }) });
  const failing = lines(event("run", "A"), event("run", "A/b"), event("run", "A/c"))
    .concat(lines(event("pass", "A/b"), event("fail", "A/c"), event("fail", "A")))
    .concat(lines(event("fail")));
  expect(parseGo(failing)).toMatchObject({ ...counts(1, 1, 0, 0), failed: [{ name: "p A/c" }] });
  const own = lines(
    event("run", "A"),
    event("run", "A/b"),
    event("pass", "A/b"),
    event("fail", "A"),
    event("fail"),
  );
  expect(parseGo(own)).toMatchObject({ ...counts(1, 1, 0, 0), failed: [{ name: "p A" }] });
});

test("go: without tests there is none, and a test that does not end is an error", () => {
  const none = lines({ Action: "start", Package: "p" }, { Action: "skip", Package: "p" });
  expect(parseGo(none)).toMatchObject(counts(0, 0, 0, 0));
  const killed = lines({ Action: "run", Package: "p", Test: "A" }, { Action: "fail", Package: "p" });
  expect(parseGo(killed)).toMatchObject({ ...counts(0, 0, 1, 0), failed: [{ name: "p A" }] });
  const cut = lines({ Action: "run", Package: "p", Test: "A" }, { Action: "pass", Package: "p", Test: "A" });
  expect(parseGo(cut)).toMatchObject({ ...counts(1, 0, 1, 0), failed: [{ name: "p" }] });
});

test("cargo: unit, integration and doc tests of a workspace", () => {
  expect(parseCargo(recorded("cargo.jsonl"))).toMatchObject({
    ...counts(4, 1, 0, 2),
    failed: [{ name: "breaks", message: expect.stringContaining("`left == right` failed: no") as string }],
  });
});

test("cargo: a test that ends its process is an error, and so are the tests that it took along", () => {
  expect(parseCargo(recorded("cargo-exit.jsonl"))).toMatchObject({
    ...counts(1, 0, 2, 0),
    failed: [
      { name: "b_exits", message: "The test did not end: its process did." },
      { name: "test binary", message: "1 of its tests did not run." },
    ],
  });
});

test("cargo: what tests print themselves is no event, but one that it hides is missed", () => {
  const report = recorded("cargo.jsonl");
  expect(parseCargo(`{\n"a": 1 }\nhello\n${report}`)).toEqual(parseCargo(report));
  expect(
    parseCargo(report.replace('{ "type": "test", "name": "breaks"', 'x{ "type": "test", "name": "breaks"')),
  ).toEqual(parseCargo(report));
  const lost = report.replace('"name": "tests::adds", "event": "ok" }', '"name": "tests::adds", "ev');
  expect(parseCargo(lost)).toMatchObject({
    ...counts(3, 1, 1, 2),
    failed: [{ name: "tests::adds" }, { name: "breaks" }],
  });
});

test.each([
  ["empty", ""],
  ["blank", "\n \n"],
  ["prose", "running 1 test\ntest a ... ok\n"],
  ["other JSON", '{"a":1}\n[]\n'],
  ["XML", "<testsuites/>"],
])("is a problem to both: %s", (_, text) => {
  const problem = { problem: expect.any(String) as string };
  expect(parseGo(text)).toEqual(problem);
  expect(parseCargo(text)).toEqual(problem);
});

test("go: a truncated line is a problem; cargo: a test outside of a suite is", () => {
  expect(parseGo(recorded("go-old.jsonl").slice(0, -20))).toEqual({
    problem: expect.stringContaining("is cut or damaged at line 28") as string,
  });
  expect(parseCargo('{ "type": "test", "name": "a", "event": "ok" }')).toEqual({
    problem: "has tests outside of a suite",
  });
});

test("a recorded run that is cut inside a suite is no pass", () => {
  const text = recorded("cargo.jsonl");
  const end = text.indexOf('{ "type": "suite", "event": "failed"');
  const second = text.indexOf('{ "type": "suite", "event": "started"', 1);
  fc.assert(
    fc.property(fc.integer({ min: second + 1, max: end }), (length) => {
      const report = parseCargo(text.slice(0, length));
      if ("counts" in report) expect(report.counts.failed + report.counts.errors).toBeGreaterThan(0);
    }),
  );
});

test("neither ever throws", () => {
  const piece = fc.constantFrom(
    ...[
      '{ "type": "suite", "event": "started", "test_count": 2 }',
      '{"Action":"run","Package":"p","Test":"A"}',
    ],
    ...[
      '{ "type": "test", "name": "a", "event": "ok" }',
      '{"Action":"fail","Package":"p"}',
      "{",
      '{"',
      "null",
    ],
    ...[
      '{ "type": "suite", "event": "ok" }',
      '{"Action":1}',
      '{"ImportPath":"x","Action":"build-fail"}',
      "x",
    ],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join("\n")),
      ),
      (text) => {
        parseGo(text);
        parseCargo(text);
      },
    ),
    { numRuns: 500 },
  );
});
