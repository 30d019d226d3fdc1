import { expect, test } from "vitest";
import { detect, node, python, testsOf } from "./detect.fixture.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";
import { workspaceOf } from "./workspaces.ts";

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
