import * as z from "zod/mini";
import { expect, test } from "vitest";
import { emptyConfig, ProjectConfig } from "../../model/config.ts";
import { detectSetup, setupOf } from "./setup.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";

const bare = packageJson({});

test.each<[string, Record<string, string>, string[]]>([
  ["npm ci", { "package-lock.json": "" }, ["node_modules"]],
  ["npm ci", { "npm-shrinkwrap.json": "" }, ["node_modules"]],
  ["pnpm install --frozen-lockfile", { "pnpm-lock.yaml": "" }, ["node_modules"]],
  ["yarn install --immutable", { "yarn.lock": "__metadata:\n" }, ["node_modules"]],
  ["yarn install --frozen-lockfile", { "yarn.lock": "# yarn lockfile v1\n" }, ["node_modules"]],
  ["bun install --frozen-lockfile", { "bun.lock": "" }, ["node_modules"]],
])("%s by its lock file", async (command, lock, folders) => {
  const setup = await detectSetup(treeOf({ "package.json": bare, ...lock }));
  expect(setup).toEqual({
    commands: [command],
    keyFiles: [...Object.keys(lock), "package.json"].sort(),
    folders,
  });
});

test("Python's lock files", async () => {
  expect(await detectSetup(treeOf({ "uv.lock": "", "pyproject.toml": "" }))).toEqual({
    commands: ["uv sync --all-extras"],
    keyFiles: ["pyproject.toml", "uv.lock"],
    folders: [".venv"],
  });
  expect(await detectSetup(treeOf({ "poetry.lock": "" }))).toMatchObject({ commands: ["poetry install"] });
});

test("both languages are set up", async () => {
  const tree = treeOf({ "package.json": bare, "package-lock.json": "", "uv.lock": "" });
  expect(await detectSetup(tree)).toEqual({
    commands: ["npm ci", "uv sync --all-extras"],
    keyFiles: ["package-lock.json", "package.json", "uv.lock"],
    folders: ["node_modules", ".venv"],
  });
});

test("dependencies without a lock file are installed, nothing else is", async () => {
  const tree = treeOf({ "package.json": packageJson({}, ["left-pad"]) });
  expect(await detectSetup(tree)).toMatchObject({
    commands: ["npm install --no-package-lock"],
    keyFiles: ["package.json"],
  });
  for (const files of [{}, { "package.json": bare }, { "pyproject.toml": "" }]) {
    expect(await detectSetup(treeOf(files))).toEqual({ commands: [], keyFiles: [], folders: [] });
  }
});

test("the project's own setup replaces the detected one", async () => {
  const tree = treeOf({ "package.json": bare, "package-lock.json": "", Makefile: "" });
  expect(await setupOf(emptyConfig, tree)).toMatchObject({ commands: ["npm ci"] });
  const own = z.parse(ProjectConfig, { setup: ["make deps"] });
  expect(await setupOf(own, tree)).toEqual({
    commands: ["make deps"],
    keyFiles: ["package-lock.json", "package.json"],
    folders: ["node_modules", ".venv"],
  });
  expect(await setupOf(z.parse(ProjectConfig, { setup: [] }), tree)).toMatchObject({
    commands: [],
    folders: [],
  });
});

test("each folder of a check is set up, but no member of a workspace", async () => {
  const tree = treeOf({
    "package.json": '{"workspaces":["packages/*"]}',
    "package-lock.json": "",
    "packages/a/package.json": packageJson({}, ["x"]),
    "web app/package.json": bare,
    "web app/yarn.lock": "",
    "api/uv.lock": "",
  });
  expect(await detectSetup(tree, ["", "packages/a", "web app", "api", "none"])).toEqual({
    commands: ["npm ci", "cd 'web app' && yarn install --immutable", "cd api && uv sync --all-extras"],
    keyFiles: [
      "api/uv.lock",
      "package-lock.json",
      "package.json",
      "web app/package.json",
      "web app/yarn.lock",
    ],
    folders: ["node_modules", "web app/node_modules", "api/.venv"],
  });
  const own = z.parse(ProjectConfig, { setup: ["make deps"] });
  expect(await setupOf(own, tree, ["", "api"])).toEqual({
    commands: ["make deps"],
    keyFiles: ["api/uv.lock", "package-lock.json", "package.json"],
    folders: ["node_modules", ".venv", "api/node_modules", "api/.venv"],
  });
});
