import { expect, test } from "vitest";
import { commandText, runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";

async function detect(files: Readonly<Record<string, string>>) {
  const checks = await detectChecks(treeOf(files));
  return Object.fromEntries(
    Object.entries(checks).map(([name, found]) => {
      return [
        name,
        runsCommand(found)
          ? `${commandText(found.run)} [${found.runner}, ${found.report.kind}]`
          : `none: ${"none" in found ? found.none : ""}`,
      ];
    }),
  );
}

async function tests(
  scripts: Record<string, string>,
  dependencies: string[] = [],
  files: Record<string, string> = {},
) {
  return (await detect({ "package.json": packageJson(scripts, dependencies), ...files }))["tests"];
}

test("takes the scripts of package.json", async () => {
  const scripts = { test: "vitest run", lint: "eslint .", typecheck: "tsc" };
  expect(await detect({ "package.json": packageJson(scripts) })).toEqual({
    tests: "npm run test [vitest, asked]",
    lint: "npm run lint [unknown, none]",
    types: "npm run typecheck [unknown, none]",
  });
});

test.each([
  ["package-lock.json", "npm run test"],
  ["pnpm-lock.yaml", "pnpm run test"],
  ["yarn.lock", "yarn run test"],
  ["bun.lock", "bun run test"],
  ["bun.lockb", "bun run test"],
])("%s decides on the package manager", async (lock, command) => {
  expect(await tests({ test: "node --test" }, [], { [lock]: "" })).toBe(`${command} [node, asked]`);
});

test("npm's placeholder is no test script", async () => {
  const placeholder = { test: 'echo "Error: no test specified" && exit 1' };
  expect(await tests(placeholder)).toBeUndefined();
  expect(await tests({ test: "  " })).toBeUndefined();
  expect(await tests(placeholder, ["jest"])).toBe("npx --no-install jest [jest, asked]");
});

test("without a script it is the runner among the dependencies, then node's own", async () => {
  expect(await tests({}, ["vitest", "jest"])).toBe("npx --no-install vitest run [vitest, asked]");
  expect(await tests({}, ["mocha"], { "pnpm-lock.yaml": "" })).toBe("pnpm exec mocha [mocha, asked]");
  expect(await tests({}, ["vitest"], { "yarn.lock": "" })).toBe("yarn run vitest run [vitest, asked]");
  expect(await tests({}, [], { "test/a.js": "" })).toBe("node --test [node, asked]");
  expect(await tests({}, [], { "a.test.mjs": "" })).toBe("node --test [node, asked]");
  expect(await tests({}, [], { "contest.js": "" })).toBeUndefined();
});

test("a script that ends in no known runner is run, but not counted", async () => {
  expect(await tests({ test: "vitest run || true" })).toBe("npm run test [unknown, none]");
  expect(await tests({ test: "node --test --test-reporter=tap" })).toBe("npm run test [node, none]");
});

test("lint and types by their configuration, else visibly not applicable", async () => {
  const bare = packageJson({});
  expect(await detect({ "package.json": bare })).toEqual({
    lint: "none: no linter is configured",
    types: "none: plain JavaScript: there is no tsconfig.json",
  });
  expect(
    await detect({ "package.json": bare, "eslint.config.mjs": "", "biome.json": "", "tsconfig.json": "{}" }),
  ).toEqual({
    lint: "npx --no-install eslint . [unknown, none]",
    types: "npx --no-install tsc --noEmit [unknown, none]",
  });
  expect(await detect({ "package.json": bare, "biome.jsonc": "" })).toMatchObject({
    lint: "npx --no-install biome lint . [unknown, none]",
  });
});

test("a tsconfig of references is built, because tsc alone would check nothing", async () => {
  const files = {
    "package.json": packageJson({}),
    "tsconfig.json": '{ "files": [], "references": [{ "path": "a" }] }',
  };
  expect(await detect(files)).toMatchObject({
    types: "npx --no-install tsc --build --noEmit [unknown, none]",
  });
});
