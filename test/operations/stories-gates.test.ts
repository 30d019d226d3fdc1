import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, operate, refused, runGate } from "../support/operate.ts";
import { long } from "../support/samples.ts";
import { addTask, begin, junitLine, junitReport, staysShut, storyConfig } from "../support/stories.ts";
import { createWorld } from "../support/world.ts";

// What went wrong with gates before calm, one test a story, in the order of the table that tells of them.

const green = 'tests: { run: "true", min_tests: 0 }';
const check = "gate check SPEC-001";

test.concurrent("A1 a task without code does not get past its gate on the strength of the old tests", async () => {
  const { world } = await begin(storyConfig(green), {}, { "docs/plan.md": "# A plan\n" });
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]?.verdict).toBe("pass");
  expect(checks["code_exists"]?.message).toMatch(/^No code changed since main/);
  await staysShut(world);
});

test.concurrent("A2 a claimed pass is only a claim", async () => {
  const { world } = await begin(storyConfig('tests: { run: "false", min_tests: 0 }'));
  await staysShut(world, "gate_not_run");
  await runGate(world, check, false);
  await staysShut(world);
});

const workspace = {
  "package.json": '{ "name": "root", "private": true, "workspaces": ["packages/*"] }\n',
  "packages/lib/package.json": '{ "name": "lib", "version": "1.0.0", "main": "index.js" }\n',
  "packages/lib/index.js": "module.exports = 1;\n",
  "check.js": 'if (require("lib") !== 1) throw new Error("lib is not 1");\n',
  ".gitignore": "node_modules\n",
};
const linked = `setup: ["mkdir -p node_modules && ln -sfn ../packages/lib node_modules/lib"]`;

/** What `npm install` in the main checkout leaves there: a package of the workspace under its name. */
function installInMain(repository: string): void {
  mkdirSync(join(repository, "node_modules"));
  symlinkSync("../packages/lib", join(repository, "node_modules/lib"));
}

long.concurrent(
  "A3 the tests of a worktree run the worktree's code, not what main has installed",
  async () => {
    const config = storyConfig('tests: { run: "node check.js", min_tests: 0 }', linked);
    const { world, tree } = await begin(config, workspace, {
      "packages/lib/index.js": "module.exports = 2;\n",
    });
    installInMain(world.repository);
    const { checks } = await runGate(world, check, false);
    expect(checks["tests"]?.message).toContain("lib is not 1");
    await staysShut(world);
    world.commit({ "packages/lib/index.js": "module.exports = 1; // again\n" }, "mended", tree);
    await runGate(world, check, true);
  },
);

long.concurrent("A4 the setup of one worktree changes no other, and its removal breaks none", async () => {
  const config = storyConfig('tests: { run: "node check.js", min_tests: 0 }', linked);
  const { world, tree } = await begin(config, workspace, { "packages/lib/more.js": "1;\n" });
  const other = await addTask(world, "SPEC-002", { "packages/lib/index.js": "module.exports = 3;\n" });
  await runGate(world, "gate check SPEC-002", false);
  await runGate(world, check, true);
  expect([existsSync(join(tree, "node_modules/lib")), existsSync(join(other, "node_modules/lib"))]).toEqual([
    true,
    true,
  ]);
  expect(existsSync(join(world.repository, "node_modules"))).toBe(false);
  await must(world, "worktree remove SPEC-002 --force --yes");
  await runGate(world, `${check} --no-cache`, true);
});

test.concurrent("A5 code that was written and never committed is not what a gate looks at", async () => {
  const { world, tree } = await begin(storyConfig(green), {}, {});
  world.write("src/package/tool.js", "exports.tool = 1;\n", tree);
  const { details } = await refused(world, check, [
    4,
    "dirty_worktree",
    /uncommitted changes: src\/package\/tool.js/,
    "git -C",
  ]);
  expect(details["files"]).toEqual([{ path: "src/package/tool.js", state: "untracked" }]);
  await staysShut(world, "gate_not_run");
});

long.concurrent("A6 a fix that is not committed does not make the gate of a broken commit pass", async () => {
  const config = storyConfig('tests: { run: "test ! -e broken", min_tests: 0 }');
  const { world, tree } = await begin(config, {}, { "src/new.js": "1\n", broken: "" });
  rmSync(join(tree, "broken"));
  await refused(world, check, [4, "dirty_worktree", /broken/, "git -C"]);
  // The developer may look, but that opens nothing.
  expect((await must(world, "gate run SPEC-001 tests"))["uncommitted"]).toEqual(["broken"]);
  await staysShut(world, "gate_not_run");
  world.git(["checkout", "--quiet", "--", "broken"], tree);
  await runGate(world, check, false);
  await staysShut(world);
});

test.concurrent("A7 a test file that cannot be loaded is a failure, whatever the exit code says", async () => {
  const files = { "bad.test.js": 'require("./nowhere.js");\n', ".gitignore": "report.xml\n" };
  const erring = `errors: { run: ${JSON.stringify(junitLine("pe"))}, ${junitReport} }`;
  const config = storyConfig(
    `tests: { run: "node --test bad.test.js" }\n${erring}`,
    "gates:\n  IMPLEMENT-CODE_REVIEW: { add: [errors] }",
  );
  const { world } = await begin(config, files);
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]).toMatchObject({ verdict: "fail" });
  expect(checks["errors"]?.message).toContain("1 of 2 tests failed");
  await staysShut(world);
});

long.concurrent("A8 skipped tests are counted and do not pass for tests", async () => {
  const config = storyConfig(
    `tests: { run: ${JSON.stringify(junitLine("ps"))}, ${junitReport}, allow_skipped: 0 }
     all: { run: ${JSON.stringify(`true; ${junitLine("ss")}`)}, ${junitReport} }`,
    "gates:\n  IMPLEMENT-CODE_REVIEW: { add: [all] }",
  );
  const { world } = await begin(config, { ".gitignore": "report.xml\n" });
  // Two commands that write one report would disturb each other.
  const one = await operate(world, "gate run SPEC-001 tests");
  const told = (one.data["checks"] as { message: string }[])[0]?.message;
  expect(told).toContain("1 test skipped, at most 0 may be (allow_skipped)");
  const all = await operate(world, "gate run SPEC-001 all");
  expect((all.data["checks"] as { message: string }[])[0]?.message).toContain("0 tests ran, at least 1 must");
  await runGate(world, check, false);
  await staysShut(world);
});

test.concurrent("A9 no test at all and a missing tool are failures", async () => {
  const config = storyConfig(
    `tests: { run: ${JSON.stringify(junitLine(""))}, ${junitReport} }
     lint: { run: "no-such-linter --strict" }`,
  );
  const { world } = await begin(config, { ".gitignore": "report.xml\n" });
  const { checks } = await runGate(world, check, false);
  expect(checks["tests"]?.message).toMatch(/0 tests ran, at least 1 must|cannot be counted/);
  expect(checks["lint"]?.message).toContain("needs a program that was not found (exit code 127)");
  await staysShut(world);
});

test.concurrent("A10 a mistyped transition is an error and no pass", async () => {
  const { world } = await begin(storyConfig(green));
  await refused(world, `${check} IMPLEMENT-CODEREVIEW`, [
    2,
    "unknown_transition",
    /IMPLEMENT-CODEREVIEW/,
    "Did you mean IMPLEMENT-CODE_REVIEW?",
  ]);
  await staysShut(world, "gate_not_run");
});

test.concurrent("A11 a language that calm does not know is no pass", async () => {
  const world = createWorld({ "main.zig": "pub fn main() void {}\n" });
  await addTask(world, "SPEC-001", { "add.zig": "// add\n" });
  const { checks } = await runGate(world, check, false);
  for (const name of ["tests", "lint", "types"]) {
    expect(checks[name]).toMatchObject({ verdict: "fail" });
    expect(checks[name]?.message).toContain("calm does not know how to run");
  }
  await staysShut(world);
});

test.concurrent("A12 calm's own template, filled in as it asks, is read; unfilled it proves nothing", async () => {
  const world = createWorld();
  await must(world, "task create BUG-001 Crash");
  await must(world, "worktree create BUG-001");
  const tree = world.worktree("BUG-001");
  const path = "bug_reports/BUG-001.md";
  world.commit({}, "template", tree);
  const empty = await runGate(world, "gate check BUG-001", false);
  for (const name of ["bug_report", "root_cause", "fix_plan"])
    expect(empty.checks[name]?.verdict, name).toBe("fail");
  const template = world.git(["show", `HEAD:${path}`], tree);
  const filled = template.replaceAll(/^(#+ .*)$/gm, (heading) =>
    heading.startsWith("# ") ? heading : `${heading}\n\n### In short\n\nIt is so.`,
  );
  world.commit({ [path]: `${filled}\n` }, "filled", tree);
  await runGate(world, "gate check BUG-001", true);
  await must(world, "task transition BUG-001 INVESTIGATED");
});
