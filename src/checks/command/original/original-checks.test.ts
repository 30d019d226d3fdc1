import { expect, test } from "vitest";
import { type CheckDefinition, commandText, runsCommand } from "../definition.ts";
import { treeOf } from "../tree.fixture.ts";
import type { GateFiles } from "./gate-files.ts";
import { originalChecks } from "./original-checks.ts";

const registry = {
  tests: {
    python: "check_tests_python.sh",
    javascript: "check_tests_javascript.sh",
    default: "check_tests_generic.sh",
  },
  linter: { python: "check_linter_python.sh", default: "check_linter_generic.sh" },
  types: { python: "check_types_python.sh", rust: null, default: null },
  todos: { default: "check_todos.sh" },
  orphans: { python: "check_orphans_python.sh", default: "check_orphans_generic.sh" },
};

const scripts = Object.fromEntries(
  Object.values(registry)
    .flatMap((category) => Object.values(category))
    .filter((name) => name !== null)
    .map((name) => [`.claude/gates/${name}`, "#!/bin/sh\n"]),
);

function gatesOf(files: Readonly<Record<string, string>>, plain: readonly string[] = []): GateFiles {
  return {
    branch: "main",
    files: Object.entries(files).map(([path, text]) => ({
      ...{ path, blob: `blob of ${text}`, size: text.length },
      kind:
        text === "link" ? "other" : path.endsWith(".sh") && !plain.includes(path) ? "executable" : "plain",
    })),
    read: (path) => Promise.resolve(files[path]),
  };
}

function told(definition: CheckDefinition): string {
  if ("none" in definition) return `none: ${definition.none}`;
  if (!runsCommand(definition)) return `fails: ${definition.unrecognised}`;
  return `${commandText(definition.run)}${definition.folder === "" ? "" : ` in ${definition.folder}`}`;
}

/** What the checks of a project are, by name. */
async function checksOf(
  files: Readonly<Record<string, string>>,
  project: Readonly<Record<string, string>> = { "pyproject.toml": "" },
  plain: readonly string[] = [],
): Promise<{ checks: Record<string, string>; extra: readonly string[]; notes: readonly string[] }> {
  const found = await originalChecks(gatesOf(files, plain), treeOf(project));
  const checks = Object.fromEntries([...found.checks.values()].map((one) => [one.check, told(one)]));
  return { ...found, checks };
}

const withRegistry = { ...scripts, ".claude/gates/registry.json": JSON.stringify({ checks: registry }) };

/** The registry's files with a project.json. */
function configured(project: unknown): Record<string, string> {
  return { ...withRegistry, ".claude/project.json": JSON.stringify(project) };
}

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

test("each folder of composite_types is a part with checks of its own", async () => {
  const project = { gate_config: { composite_types: { "web/": "javascript", "tools/cli": "rust" } } };
  expect((await checksOf(configured(project))).checks).toMatchObject({
    tests: ".claude/gates/check_tests_python.sh",
    "tests:web": ".claude/gates/check_tests_javascript.sh in web",
    "tests:tools/cli": ".claude/gates/check_tests_generic.sh in tools/cli",
    "types:web": "none: null in .claude/gates/registry.json",
    "types:tools/cli": "none: null in .claude/gates/registry.json",
  });
  for (const folder of ["..", "../other", "/etc", ".", ""]) {
    const odd = await checksOf(configured({ gate_config: { composite_types: { [folder]: "javascript" } } }));
    expect(odd.checks["tests:composite"], folder).toMatch(
      /^fails: composite_types .* no folder below the root/,
    );
  }
});

test("skip_checks takes a check out, visibly; a name that is none is told", async () => {
  const skipped = await checksOf(configured({ gate_config: { skip_checks: ["linter", "todos", "typos"] } }));
  expect(skipped.checks).toMatchObject({
    tests: ".claude/gates/check_tests_python.sh",
    lint: "none: skip_checks in .claude/project.json",
    types: ".claude/gates/check_types_python.sh",
  });
  expect(skipped.notes).toEqual([
    "skip_checks in .claude/project.json names todos, which no script checks here; calm's own no_todos stays",
    "skip_checks in .claude/project.json names typos, which no script checks here",
  ]);
  const parts = { composite_types: { web: "javascript" }, skip_checks: ["tests"] };
  expect((await checksOf(configured({ gate_config: parts }))).checks).toMatchObject({
    tests: "none: skip_checks in .claude/project.json",
    "tests:web": "none: skip_checks in .claude/project.json",
    "lint:web": ".claude/gates/check_linter_generic.sh in web",
  });
});

test("extra_checks names categories or scripts; one that is neither fails", async () => {
  const extras = [
    "orphans",
    "todos",
    "check_frontend.sh",
    "platform",
    "tests",
    "gone",
    "check_tests.sh",
    "a b",
  ];
  const files = {
    ...configured({ gate_config: { extra_checks: extras } }),
    ...{ ".claude/gates/check_frontend.sh": "", ".claude/gates/check_platform.sh": "" },
    ".claude/gates/check_tests.sh": "",
  };
  const { checks, extra } = await checksOf(files);
  expect(extra).toEqual(["orphans", "todos", "frontend", "platform", "gone", "extra_checks", "extra_checks"]);
  expect(checks).toMatchObject({
    orphans: ".claude/gates/check_orphans_python.sh",
    todos: ".claude/gates/check_todos.sh",
    frontend: ".claude/gates/check_frontend.sh",
    platform: ".claude/gates/check_platform.sh",
    tests: ".claude/gates/check_tests_python.sh",
  });
  const own = await checksOf(configured({ gate_config: { extra_checks: ["code_exists"] } }));
  expect(own.checks["extra_checks"]).toMatch(/names "code_exists", which cannot be a check of its own/);
  expect(checks["gone"]).toMatch(/^fails: extra_checks .* names gone/);
  expect(checks["extra_checks"]).toMatch(/^fails: extra_checks .* cannot be a check of its own/);
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
