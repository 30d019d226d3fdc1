import * as z from "zod/mini";
import { expect, test } from "vitest";
import { ProjectConfig } from "../../model/config.ts";
import { commandChecks } from "./configured.ts";
import { definitionHash } from "./definition.ts";
import { packageJson, testsDefinition, treeOf } from "./tree.fixture.ts";

const tree = treeOf({ "package.json": packageJson({ test: "vitest run", lint: "eslint ." }) });

function checksOf(checks: Record<string, unknown>) {
  return commandChecks(z.parse(ProjectConfig, { checks }), tree);
}

test("a configured line is recognised through the tree's scripts", async () => {
  const checks = await checksOf({
    tests: { run: "npm test", min_tests: 5, allow_skipped: 0, timeout: "90s" },
  });
  expect(checks.get("tests")).toEqual({
    check: "tests",
    source: { kind: "config", file: ".calm/config.yaml", note: "runs vitest" },
    run: { kind: "shell", line: "npm test" },
    runner: "vitest",
    report: { kind: "asked" },
    minTests: 5,
    allowSkipped: 0,
    timeoutMs: 90_000,
    logLimit: undefined,
    isTests: true,
    proveRegression: true,
    env: {},
    folder: "",
    inputs: undefined,
    retries: 0,
  });
});

test("the limit of a log is no demand: it changes no verdict", async () => {
  const checks = await checksOf({ tests: { run: "true", log_limit: "50MB" }, lint: { run: "true" } });
  const [tests, lint] = ["tests", "lint"].map((name) => checks.get(name));
  expect([tests, lint]).toMatchObject([{ logLimit: 50_000_000 }, { logLimit: undefined }]);
  if (!tests || !lint) throw new Error("a check is missing");
  expect(definitionHash({ ...tests, logLimit: undefined })).toBe(definitionHash(tests));
});

test("a named report is read and not asked for", async () => {
  const report = { format: "junit", path: "reports/*.xml" };
  const checks = await checksOf({ tests: { run: "npm test", report } });
  expect(checks.get("tests")).toMatchObject({ report: { kind: "file", ...report } });
});

test("an unknown line is not counted, and a test all the same", async () => {
  const checks = await checksOf({ tests: { run: "make test", prove_regression: false } });
  expect(checks.get("tests")).toMatchObject({
    runner: "unknown",
    report: { kind: "none" },
    isTests: true,
    minTests: 1,
    proveRegression: false,
  });
});

test("lint and types are no tests; a project's own check is when it speaks of them or runs a runner", async () => {
  const checks = await checksOf({
    lint: { run: "pytest --lint" },
    licences: { run: "npm run licences" },
    e2e: { run: "playwright test", min_tests: 3 },
    slow: { run: "pytest slow" },
  });
  expect(checks.get("lint")).toMatchObject({ isTests: false, report: { kind: "none" } });
  expect(checks.get("licences")).toMatchObject({ isTests: false });
  expect(checks.get("e2e")).toMatchObject({ isTests: true, minTests: 3 });
  expect(checks.get("slow")).toMatchObject({ isTests: true, report: { kind: "asked" } });
});

test("what is not configured is detected, and tests_full is tests", async () => {
  const checks = await checksOf({ lint: { none: "not yet" } });
  expect([...checks.keys()].sort()).toEqual(["lint", "tests", "tests_full", "types"]);
  expect(checks.get("lint")).toMatchObject({ none: "not yet", source: { kind: "config" } });
  expect(checks.get("tests_full")).toEqual({ ...checks.get("tests"), check: "tests_full" });
  const own = await checksOf({ tests_full: { run: "npm run all" } });
  expect(own.get("tests_full")).toMatchObject({ run: { line: "npm run all" }, isTests: true });
  expect(await commandChecks(z.parse(ProjectConfig, {}), treeOf({}))).toEqual(new Map());
});

test("the hash tells demands apart, not names, sources or the order of keys", () => {
  const one = testsDefinition();
  const hash = definitionHash(one);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(definitionHash({ ...one, check: "tests_full", source: { kind: "config", file: "x" } })).toBe(hash);
  expect(definitionHash(Object.fromEntries(Object.entries(one).reverse()) as unknown as typeof one)).toBe(
    hash,
  );
  const others = [
    { ...one, minTests: 0 },
    { ...one, allowSkipped: 0 },
    { ...one, env: { A: "1" } },
    { ...one, run: { kind: "argv", argv: ["true", "x"] } } as const,
    { check: "tests", source: one.source, none: "reason" },
  ];
  expect(new Set([hash, ...others.map((other) => definitionHash(other))]).size).toBe(others.length + 1);
});
