import { expect, test } from "vitest";
import { detectChecks } from "./detect.ts";
import { detect, node, python, testsOf } from "./detect.fixture.ts";
import { packageJson, treeOf } from "./tree.fixture.ts";

const idle = packageJson({ build: "tsc" }, ["typescript"]);

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

test("an unrecognised part says exactly what to write", async () => {
  const checks = await detectChecks(treeOf({ "package.json": node, "web/package.json": idle }));
  const found = checks["tests:web"];
  expect(found).toMatchObject({ check: "tests:web", source: { file: "web/package.json" } });
  const text = found && "unrecognised" in found ? found.unrecognised : "";
  expect(text).toContain('checks: { "tests:web": { run: "npm test", dir: "web" } }');
  expect(text).toContain('checks: { "tests:web": { none: "the reason" } }');
});
