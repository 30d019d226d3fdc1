import { expect, test } from "vitest";
import { commandText, runsCommand } from "./definition.ts";
import { detectChecks } from "./detect.ts";
import { unrecognisedMessage } from "./unrecognised.ts";
import { treeOf } from "./tree.fixture.ts";

async function detect(files: Readonly<Record<string, string>>) {
  const checks = await detectChecks(treeOf(files));
  return Object.fromEntries(
    Object.entries(checks).map(([name, found]) => [
      name,
      runsCommand(found) ? commandText(found.run) : `none: ${"none" in found ? found.none : ""}`,
    ]),
  );
}

const pyproject = "[project]\n[tool.pytest.ini_options]\n[tool.ruff]\n[tool.mypy]\nstrict = true\n";

test("pytest, ruff and mypy by pyproject.toml", async () => {
  const tools = { tests: "python3 -m pytest", lint: "ruff check .", types: "mypy ." };
  expect(await detect({ "pyproject.toml": pyproject })).toEqual(tools);
  expect(await detect({ "pyproject.toml": pyproject, "uv.lock": "" })).toEqual({
    tests: "uv run pytest",
    lint: "uv run ruff check .",
    types: "uv run mypy .",
  });
  expect(await detect({ "pyproject.toml": pyproject, "poetry.lock": "" })).toMatchObject({
    tests: "poetry run pytest",
  });
});

test("older files say it too", async () => {
  const files = { "setup.cfg": "[mypy]\n[flake8]\n", "requirements-dev.txt": "pytest==8\n" };
  expect(await detect(files)).toEqual({ tests: "python3 -m pytest", lint: "flake8", types: "mypy ." });
  expect(
    await detect({ "setup.py": "", "conftest.py": "", "pyrightconfig.json": "{}", ".ruff.toml": "" }),
  ).toEqual({
    tests: "python3 -m pytest",
    lint: "ruff check .",
    types: "pyright",
  });
});

test("mypy's own list of files is respected", async () => {
  const files = { "pyproject.toml": '[tool.mypy]\nstrict = true\nfiles = ["a"]\n[tool.x]\n' };
  expect(await detect(files)).toMatchObject({ types: "mypy" });
  const other = { "pyproject.toml": '[tool.mypy]\nstrict = true\n[tool.x]\nfiles = ["a"]\n' };
  expect(await detect(other)).toMatchObject({ types: "mypy ." });
});

test("Django's own tests are run by manage.py, where pytest is not asked for", async () => {
  const files = { "manage.py": "from django.core.management import x\n", "shop/tests.py": "" };
  expect(await detect(files)).toMatchObject({ tests: "python3 manage.py test" });
  expect(await detect({ ...files, "uv.lock": "" })).toMatchObject({ tests: "uv run python manage.py test" });
  const pytest = { ...files, "requirements.txt": "pytest-django\n" };
  expect(await detect(pytest)).toMatchObject({ tests: "python3 -m pytest" });
  expect(await detect({ "manage.py": "import flask\n" })).not.toHaveProperty("tests");
});

test("without pytest it is unittest, and without tests nothing", async () => {
  const none = { lint: "none: no linter is configured", types: "none: no type checker is configured" };
  expect(await detect({ "setup.py": "", "tests/test_a.py": "" })).toEqual({
    tests: "python3 -m unittest discover -s tests",
    ...none,
  });
  const pack = { "setup.py": "", "tests/__init__.py": "", "tests/deep/test_a.py": "" };
  expect(await detect(pack)).toMatchObject({ tests: "python3 -m unittest" });
  expect(await detect({ "setup.py": "", "test_a.py": "" })).toMatchObject({ tests: "python3 -m unittest" });
  expect(await detect({ "setup.py": "", "tests/a.js": "" })).toEqual(none);
  expect(await detect({ "setup.py": "" })).toEqual(none);
});

test("a src layout tests its own code", async () => {
  const env = async (files: Record<string, string>) => {
    const { tests } = await detectChecks(treeOf({ "pytest.ini": "", ...files }));
    return tests && runsCommand(tests) ? tests.env : undefined;
  };
  expect(await env({ "src/pack/__init__.py": "" })).toEqual({ PYTHONPATH: "src" });
  expect(await env({ "src/one.py": "" })).toEqual({ PYTHONPATH: "src" });
  expect(await env({ "src/__init__.py": "" })).toEqual({});
  expect(await env({ "pack/__init__.py": "" })).toEqual({});
});

test("nothing recognised is nothing, and the message says what to write", async () => {
  expect(await detect({})).toEqual({});
  expect(await detect({ "README.md": "", "main.zig": "" })).toEqual({});
  const message = unrecognisedMessage("tests");
  expect(message).toContain('checks: { tests: { run: "npm test" } }');
  expect(message).toContain('checks: { tests: { none: "the reason" } }');
});
