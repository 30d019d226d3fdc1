import { expect, test } from "vitest";
import { runsCommand } from "../definition.ts";
import { treeOf } from "../tree.fixture.ts";
import { checksOf, configured, gatesOf, scripts, withRegistry } from "./original-checks.fixture.ts";
import { originalChecks } from "./original-checks.ts";

test("the project's type chooses, by its files or by name; null does not apply", async () => {
  expect((await checksOf(withRegistry)).checks).toEqual({
    tests: ".claude/gates/check_tests_python.sh",
    lint: ".claude/gates/check_linter_python.sh",
    types: ".claude/gates/check_types_python.sh",
  });
  const rust = { "Cargo.toml": "" };
  expect((await checksOf(withRegistry, rust)).checks).toEqual({
    tests: ".claude/gates/check_tests_generic.sh",
    lint: ".claude/gates/check_linter_generic.sh",
    types: "none: null in .claude/gates/registry.json",
  });
  expect((await checksOf(configured({ project_type: "python" }), rust)).checks["types"]).toBe(
    ".claude/gates/check_types_python.sh",
  );
});

test.each([
  [{ "setup.py": "", "package.json": "{}" }, "check_tests_python.sh"],
  [{ "requirements.txt": "" }, "check_tests_python.sh"],
  [{ "package.json": "{}", "Cargo.toml": "" }, "check_tests_javascript.sh"],
  [{ "go.mod": "" }, "check_tests_generic.sh"],
  [{ "README.md": "" }, "check_tests_generic.sh"],
])("the marker files tell the type in the original's order: %o", async (project, script) => {
  expect((await checksOf(withRegistry, project)).checks["tests"]).toBe(`.claude/gates/${script}`);
});

test("of an unknown type, the generic script that does nothing is no check", async () => {
  const { checks } = await checksOf(withRegistry, {});
  expect(checks["lint"]).toMatch(/^fails: what kind of project this is, is unknown.*project_type/);
  const forAll = { linter: { default: "check_linter_generic.sh" }, tests: {}, types: { default: null } };
  const own = { ...scripts, ".claude/gates/registry.json": JSON.stringify({ checks: forAll }) };
  const { tests, ...others } = (await checksOf(own, {})).checks;
  expect(tests).toMatch(/^fails: .* no tests for unknown, and no default; add checks\.tests\.unknown/);
  expect(others).toEqual({
    lint: ".claude/gates/check_linter_generic.sh",
    types: "none: null in .claude/gates/registry.json",
  });
});

test("a category that is absent fails, and so does a script that is missing, plain or elsewhere", async () => {
  const bad = {
    tests: { python: "check_gone.sh" },
    linter: { python: "../bin/lint.sh" },
  };
  const files = { ...scripts, ".claude/gates/registry.json": JSON.stringify({ checks: bad }) };
  const { checks } = await checksOf({ ...files, ".claude/bin/lint.sh": "" });
  expect(checks["tests"]).toMatch(/^fails: \.claude\/gates\/check_gone\.sh is no file on main/);
  expect(checks["lint"]).toMatch(/^fails: \.\.\/bin\/lint\.sh lies outside of \.claude\/gates/);
  expect(checks["types"]).toMatch(
    /^fails: .*registry\.json has no category types; add checks\.types\.python/,
  );
  const link = { ...withRegistry, ".claude/gates/check_tests_python.sh": "link" };
  expect((await checksOf(link)).checks["tests"]).toMatch(/^fails: .* is no plain file on main/);
  const whole = await checksOf({ ".claude/gates": "link" });
  expect(Object.values(whole.checks)).toEqual(Array(3).fill("fails: .claude/gates is no folder on main"));
  const plain = [".claude/gates/check_tests_python.sh"];
  expect((await checksOf(withRegistry, undefined, plain)).checks["tests"]).toMatch(
    /fails: .* is not executable on main; .*git update-index --chmod=\+x/,
  );
});

test("names that every object has are no categories, types or checks", async () => {
  const odd = configured({
    project_type: "constructor",
    gate_config: { extra_checks: ["toString"], skip_checks: ["valueOf"] },
  });
  const { checks, notes } = await checksOf(odd);
  expect(checks["tests"]).toBe(".claude/gates/check_tests_generic.sh");
  expect(checks["tostring"]).toMatch(/^fails: extra_checks/);
  expect(notes).toHaveLength(1);
});

test.each([
  [
    "registry.json",
    '{\n  "checks": {\n    "tests": }\n}',
    /^fails: \.claude\/gates\/registry\.json:3 is no JSON; mend it on main/,
  ],
  [
    "registry.json",
    '{"checks": {"tests": {"python": 1}}}',
    /registry\.json: checks\.tests\.python is not what/,
  ],
  ["registry.json", "link", /registry\.json is no plain file/],
  ["registry.json", "[]", /registry\.json: the whole is not what/],
  ["registry.json", '{"checks": {"tests": {"python": ""}}}', /checks\.tests\.python/],
  ["../project.json", "{", /^fails: \.claude\/project\.json:1 is no JSON/],
  ["../project.json", '{"gate_config": {"skip_checks": "types"}}', /gate_config\.skip_checks/],
])("a broken %s makes every check fail: %s", async (file, text, message) => {
  const path = file === "registry.json" ? ".claude/gates/registry.json" : ".claude/project.json";
  const { checks } = await checksOf({ ...withRegistry, [path]: text });
  expect(Object.keys(checks)).toEqual(["tests", "lint", "types"]);
  for (const check of Object.values(checks)) expect(check).toMatch(message);
});

test("without a registry the scripts' names tell, and only what has a script is a check", async () => {
  const bare = { ".claude/gates/check_tests.sh": "", ".claude/gates/check_linter_python.sh": "" };
  expect((await checksOf(bare)).checks).toEqual({
    tests: ".claude/gates/check_tests.sh",
    lint: ".claude/gates/check_linter_python.sh",
  });
  expect((await checksOf({ ...bare, ".claude/gates/check_tests_python.sh": "" })).checks["tests"]).toBe(
    ".claude/gates/check_tests_python.sh",
  );
  expect((await checksOf(bare, undefined, [".claude/gates/check_tests.sh"])).checks["tests"]).toMatch(
    /^fails/,
  );
});

test("what to configure instead is the command that the script would run", async () => {
  const instead = async (type: string, project: Record<string, string>): Promise<unknown> => {
    const found = await originalChecks(gatesOf(configured({ project_type: type })), treeOf(project));
    const tests = found.checks.get("tests");
    return tests && runsCommand(tests) && tests.run.kind === "script" ? tests.run.instead : undefined;
  };
  expect(await instead("python", {})).toBe("python3 -m pytest");
  expect(await instead("rust", {})).toBe("cargo test");
  expect(await instead("javascript", { "package.json": '{"devDependencies": {"vitest": "1"}}' })).toBe(
    "npx vitest run",
  );
  expect(await instead("javascript", { "package.json": '{"devDependencies": {"jest": "1"}}' })).toBe(
    "npx jest",
  );
  expect(await instead("javascript", { "package.json": "{}" })).toBe("npm test");
});
