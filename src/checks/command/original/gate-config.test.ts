import { expect, test } from "vitest";
import { checksOf, configured } from "./original-checks.fixture.ts";

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
