import { expect, test } from "vitest";
import { commandText, runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";
import { workspaceOf } from "./workspaces.ts";

async function detect(files: Readonly<Record<string, string>>) {
  const checks = await detectChecks(treeOf(files));
  return Object.fromEntries(
    Object.entries(checks).map(([name, found]) => {
      expect(found.check).toBe(name);
      if (!runsCommand(found)) return [name, "none" in found ? "none" : "unrecognised"];
      return [name, `${commandText(found.run)}${found.folder === "" ? "" : ` in ${found.folder}`}`];
    }),
  );
}

async function testsOf(files: Readonly<Record<string, string>>) {
  const found = Object.entries(await detect(files)).filter(([name]) => name.startsWith("tests"));
  return Object.fromEntries(found.map(([name, text]) => [name.replace(/^tests:?/, ""), text]));
}

const node = packageJson({ test: "node --test" });
const idle = packageJson({ build: "tsc" }, ["typescript"]);
const python = "[project]\n[tool.pytest.ini_options]\n";

test("two languages at the root are two parts of every check", async () => {
  const files = {
    "package.json": packageJson({ test: "vitest", lint: "eslint" }),
    "pyproject.toml": `${python}[tool.mypy]\n`,
  };
  expect(await detect(files)).toEqual({
    "tests:javascript": "npm run test",
    "tests:python": "python3 -m pytest",
    "lint:javascript": "npm run lint",
    "lint:python": "none",
    "types:javascript": "none",
    "types:python": "mypy .",
  });
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ["one project below the root", { "app/package.json": node }, { "": "npm run test in app" }],
  [
    "two folders",
    { "web/package.json": node, "api/pyproject.toml": python },
    { web: "npm run test in web", api: "python3 -m pytest in api" },
  ],
  [
    "the root and a folder",
    { "package.json": node, "api/pytest.ini": "" },
    { javascript: "npm run test", api: "python3 -m pytest in api" },
  ],
  [
    "two languages in a folder",
    { "a/package.json": node, "a/pytest.ini": "", "b/package.json": node },
    {
      "a/javascript": "npm run test in a",
      "a/python": "python3 -m pytest in a",
      b: "npm run test in b",
    },
  ],
  [
    "the second level where the root has nothing",
    { "packages/a/package.json": node, "services/b/pytest.ini": "", "README.md": "" },
    { "packages/a": "npm run test in packages/a", "services/b": "python3 -m pytest in services/b" },
  ],
  [
    "not the second level where the root has tests",
    { "package.json": node, "packages/a/package.json": node },
    { "": "npm run test" },
  ],
  [
    "nothing that belongs to somebody else",
    Object.fromEntries([
      ["package.json", node],
      ...["examples", "fixtures", "test", "tests", "docs", "vendor", "third_party", "templates", ".x"].map(
        (folder) => [`${folder}/package.json`, node],
      ),
    ]) as Record<string, string>,
    { "": "npm run test" },
  ],
  [
    "a part without tests",
    { "package.json": node, "web/package.json": idle },
    { javascript: "npm run test", web: "unrecognised" },
  ],
  [
    "marks for a tool are no project",
    { "package.json": node, "esm/package.json": '{"type":"module"}', "requirements.txt": "mkdocs\n" },
    { "": "npm run test" },
  ],
  [
    "nor a package.json for the tools of a project in another language",
    {
      "pyproject.toml": python,
      "package.json": packageJson({ format: "npx prettier --write .", prepare: "husky" }, [
        "prettier",
        "husky",
      ]),
      "prettier.config.js": "",
      "docs/requirements.txt": "sphinx\n",
    },
    { "": "python3 -m pytest" },
  ],
  [
    "but one with code, or with a script of its own",
    {
      "pyproject.toml": python,
      "a/package.json": packageJson({ build: "node x" }, ["prettier"]),
      "b/package.json": packageJson({}, ["prettier"]),
      "b/index.js": "",
      "c/package.json": '{"main":"./lib/c.js","devDependencies":{"prettier":"3"}}',
      "c/lib/c.js": "",
    },
    { python: "python3 -m pytest", a: "unrecognised", b: "unrecognised", c: "unrecognised" },
  ],
  [
    "Gradle's code for the build itself is no project, unless it has tests",
    {
      "settings.gradle.kts": 'pluginManagement {\n  includeBuild("logic")\n}\nincludeBuild("./lib")\n',
      "buildSrc/build.gradle.kts": "",
      "buildSrc/src/main/kotlin/a.kt": "",
      "logic/settings.gradle": "",
      "lib/build.gradle": "",
      "lib/core/src/test/java/A.java": "",
    },
    { java: "gradle test --continue", lib: "gradle test --continue in lib" },
  ],
  [
    "linter settings of another language are no project either",
    { "package.json": node, "pyproject.toml": "[tool.ruff]\n" },
    { "": "npm run test" },
  ],
  [
    "folders of the other language's tests are not its own",
    { "package.json": packageJson({}, ["x"]), "setup.py": "", "test/__init__.py": "", "test/test_a.py": "" },
    { javascript: "unrecognised", python: "python3 -m unittest" },
  ],
  [
    "a folder named as the root's language",
    { "package.json": node, "javascript/package.json": node },
    { javascript: "npm run test", "javascript/javascript": "npm run test in javascript" },
  ],
  [
    "names that a configuration can hold",
    { "a b/package.json": node, "_c/package.json": node, "ü/package.json": node },
    { "a-b": "npm run test in a b", c: "npm run test in _c", javascript: "npm run test in ü" },
  ],
])("%s", async (_, files, expected) => {
  expect(await testsOf(files)).toEqual(expected);
});

const member = { "packages/a/package.json": node, "web/package.json": node, "api/pytest.ini": "" };

test.each<[string, Record<string, string>]>([
  ["npm", { "package.json": '{"scripts":{"test":"node --test"},"workspaces":["packages/*","./web/"]}' }],
  ["yarn", { "package.json": '{"scripts":{"test":"jest"},"workspaces":{"packages":["packages/**","web"]}}' }],
  [
    "pnpm",
    { "package.json": node, "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n  - web # x\nx: 1\n" },
  ],
  ["pnpm in one line", { "package.json": node, "pnpm-workspace.yaml": 'packages: ["packages/*", "web"]\n' }],
])("a workspace of %s covers its members of that language", async (_, root) => {
  expect(Object.keys(await testsOf({ ...root, ...member }))).toEqual(["javascript", "api"]);
});

test("pnpm's list is read as it is written", async () => {
  const list =
    "packages:\n  # all of them\n  - 'libs/*'\n  - \"apps/**\"\n  - tools\n  - '!libs/x'\ncatalog:\n  - other\n";
  const covers = await workspaceOf(
    "javascript",
    treeOf({ "package.json": "{}", "pnpm-workspace.yaml": list }),
  );
  const folders = ["libs/a", "libs/x", "apps/b/c", "tools", "other", "all"];
  expect(folders.filter((folder) => covers?.(folder))).toEqual(["libs/a", "apps/b/c", "tools"]);
});

test.each<[string, Record<string, string>]>([
  ["rust", { "Cargo.toml": '[workspace]\nmembers = ["a"]\nexclude = ["other"]\n[package]\n' }],
  ["go", { "go.work": "go 1.22\nuse (\n\t./a // one\n\t./b/c\n)\n" }],
  ["java", { "pom.xml": "<project><modules><module>a</module><module>b</module></modules></project>" }],
  ["java", { "settings.gradle.kts": 'include(":a", ":b:c")\ninclude("b")\n' }],
])("the members of a workspace in %s", async (language, files) => {
  const covers = await workspaceOf(language, treeOf(files));
  expect(["a", "b/c", "other"].filter((folder) => covers?.(folder))).toEqual(["a", "b/c"]);
  expect(await workspaceOf(language, treeOf({}))).toBeUndefined();
});

test("members of a tested workspace have their own linters and types where the root has none", async () => {
  const typed = packageJson({ test: "vitest", lint: "eslint ." }, ["typescript"]);
  const members = {
    "packages/a/package.json": typed,
    "packages/a/tsconfig.json": "{}",
    "packages/b/package.json": node,
    "packages/b/pytest.ini": "",
    "tools/x/package.json": typed,
  };
  const root = (scripts: object) => JSON.stringify({ scripts, workspaces: ["packages/*"] });
  expect(await detect({ ...members, "package.json": root({ test: "jest" }) })).toEqual({
    tests: "npm run test",
    "lint:javascript": "none",
    "lint:packages/a": "npm run lint in packages/a",
    "types:javascript": "none",
    "types:packages/a": "npx --no-install tsc --noEmit in packages/a",
  });
  const all = { test: "jest", lint: "turbo lint", typecheck: "tsc -b" };
  expect(Object.keys(await detect({ ...members, "package.json": root(all) }))).toEqual([
    ...["tests", "lint", "types"],
  ]);
});

test("without tests of its own a workspace has its members' instead, with its package manager", async () => {
  const files = {
    "package.json": '{"devDependencies":{"turbo":"1"},"workspaces":["packages/*","!packages/b"]}',
    "pnpm-lock.yaml": "",
    "packages/a/package.json": node,
    "packages/b/package.json": node,
  };
  expect(await testsOf(files)).toEqual({
    javascript: "unrecognised",
    "packages/a": "pnpm run test in packages/a",
    "packages/b": "npm run test in packages/b",
  });
});

test.each<[string, Record<string, string>, string[]]>([
  [
    "uv",
    {
      "pyproject.toml": `${python}[tool.uv.workspace]\nmembers = [\n  "libs",\n]\nexclude = ["web"]\n[tool.x]\n`,
    },
    ["python", "web"],
  ],
  ["no uv", { "pyproject.toml": python }, ["python", "libs", "web"]],
])("a workspace of %s", async (_, root, parts) => {
  const files = { ...root, "libs/pytest.ini": "", "web/pytest.ini": "" };
  expect(Object.keys(await testsOf(files))).toEqual(parts);
});

test("an unrecognised part says exactly what to write", async () => {
  const checks = await detectChecks(treeOf({ "package.json": node, "web/package.json": idle }));
  const found = checks["tests:web"];
  expect(found).toMatchObject({ check: "tests:web", source: { file: "web/package.json" } });
  const text = found && "unrecognised" in found ? found.unrecognised : "";
  expect(text).toContain('checks: { "tests:web": { run: "npm test", dir: "web" } }');
  expect(text).toContain('checks: { "tests:web": { none: "the reason" } }');
});

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
