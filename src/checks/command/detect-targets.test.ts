import { expect, test } from "vitest";
import { runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { detect, node } from "./detect.fixture.ts";
import { treeOf } from "./tree.fixture.ts";

const makefile = ".PHONY: test lint\ntest: build\n\t@pytest -q\nlint:\n\truff check .\n\tmypy .\n";

test("targets are taken where no language is, and for what a language lacks", async () => {
  expect(await detect({ Makefile: makefile })).toEqual({ tests: "make test", lint: "make lint" });
  expect(await detect({ Makefile: makefile, "package.json": node })).toEqual({
    tests: "npm run test",
    lint: "make lint",
    types: "none",
  });
  expect(await detect({ justfile: "check:\n  x\ntypecheck:\n  y\nlint file:\n  z\n" })).toEqual({
    tests: "just check",
    types: "just typecheck",
  });
});

async function targetTests(files: Record<string, string>) {
  const { tests } = await detectChecks(treeOf(files));
  return tests && runsCommand(tests) ? [tests.runner, tests.report.kind] : tests;
}

test.each<[string, Record<string, string>, readonly [string, string]]>([
  ["one runner that reads variables", { Makefile: makefile }, ["pytest", "asked"]],
  ["node", { Makefile: "test: ; node --test\n" }, ["node", "asked"]],
  ["one that wants words", { Makefile: "test:\n\tvitest run\n" }, ["vitest", "none"]],
  ["two lines", { Makefile: "test:\n\tpytest\n\techo done\n" }, ["unknown", "none"]],
  ["a variable", { Makefile: "test:\n\t$(PYTEST) -q\n" }, ["unknown", "none"]],
  ["a recipe of just", { ".justfile": "test *args:\n    python3 -m unittest\n" }, ["unittest", "asked"]],
  ["a script of just", { Justfile: "test:\n    #!/bin/sh\n    pytest\n" }, ["unknown", "none"]],
])("the tests behind a target are counted where it is a runner: %s", async (_, files, expected) => {
  expect(await targetTests(files)).toEqual(expected);
});

test("a target that make would take for done is not believed", async () => {
  const files = { Makefile: "lint:\n\truff check .\n", "lint/x": "" };
  const { lint } = await detectChecks(treeOf(files));
  expect(lint).toMatchObject({
    unrecognised: expect.stringContaining("add to Makefile: .PHONY: lint") as string,
  });
  expect(await detect({ ...files, Makefile: `.PHONY: a lint\n${files.Makefile}` })).toEqual({
    lint: "make lint",
  });
});
