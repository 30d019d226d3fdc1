import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, operate, putInto, refused, runGate, trivialConfig, trivialWorld } from "../support/operate.ts";
import { createWorld, easyConfig, smallProject, type World } from "../support/world.ts";

/** A feature in IMPLEMENT with a worktree and a commit of code. */
async function implementing(world: World): Promise<string> {
  await must(world, "task create SPEC-001 Subtract");
  putInto(world, "SPEC-001", "IMPLEMENT");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ "src/sub.js": "exports.sub = (a, b) => a - b;\n" }, "code", tree);
  return tree;
}

const dirty = (file: string) =>
  [4, "dirty_worktree", new RegExp(`uncommitted changes: ${file}`), "add -A && git -C"] as const;

test("a gate is refused on a tree that is not committed; calm's own untouched templates do not count", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  expect(world.git(["status", "--porcelain", "-uall"], tree)).toContain("?? planning_docs/SPEC-001/spec.md");
  const { checks } = await runGate(world, "gate check SPEC-001", false);
  expect(checks["spec_exists"]?.message).toBe(
    "planning_docs/SPEC-001/spec.md is not committed on the task's branch. Write it and commit it",
  );
  world.write("planning_docs/SPEC-001/spec.md", "# Spec\n\nWritten, not committed.\n", tree);
  await refused(world, "gate check SPEC-001", dirty("planning_docs/SPEC-001/spec.md"));
  world.commit({}, "spec", tree);
  world.write("src/add.js", "broken", tree);
  await refused(world, "gate check SPEC-001 SPEC-DESIGN", dirty("src/add.js"));
  world.git(["add", "src/add.js"], tree);
  await refused(world, "gate check SPEC-001", dirty("src/add.js"));
  world.git(["checkout", "--quiet", "HEAD", "--", "src"], tree);
  world.write("src/helper.js", "exports.help = 1;\n", tree);
  const { details } = await refused(world, "gate check SPEC-001", dirty("src/helper.js"));
  expect(details["files"]).toEqual([{ path: "src/helper.js", state: "untracked" }]);
  world.git(["stash", "push", "--quiet", "--include-untracked"], tree);
  expect((await runGate(world, "gate check SPEC-001", false)).checks["spec_exists"]?.verdict).toBe("pass");
});

test("a change that git was told not to look at is a change all the same", async () => {
  const world = await trivialWorld();
  const tree = await implementing(world);
  const sub = join(tree, "src/sub.js");
  for (const flag of ["assume-unchanged", "skip-worktree"]) {
    world.git(["update-index", `--${flag}`, "src/sub.js"], tree);
    await runGate(world, "gate check SPEC-001", true);
    for (const hide of [
      () => {
        writeFileSync(sub, "exports.sub = 0;\n");
      },
      () => {
        rmSync(sub);
      },
    ]) {
      hide();
      expect(world.git(["status", "--porcelain"], tree)).toBe("");
      await refused(world, "gate check SPEC-001", [
        4,
        "dirty_worktree",
        /uncommitted changes: src\/sub.js/,
        `git -C ${tree} update-index --no-${flag} src/sub.js`,
      ]);
    }
    world.git(["update-index", `--no-${flag}`, "src/sub.js"], tree);
    world.git(["checkout", "--quiet", "--", "src/sub.js"], tree);
  }
});

test("a gate looks at the task's own branch only", async () => {
  const world = await trivialWorld();
  const tree = await implementing(world);
  world.git(["checkout", "--quiet", "--detach"], tree);
  await refused(world, "gate check SPEC-001", [
    4,
    "branch_moved",
    /not on its branch SPEC-001/,
    `git -C ${tree} checkout SPEC-001`,
  ]);
  rmSync(tree, { recursive: true });
  await refused(world, "gate check SPEC-001", [
    3,
    "worktree_not_found",
    /is gone/,
    "calm worktree health --fix",
  ]);
});

test("a transition that is unknown, mistyped, of the other type or not next is refused", async () => {
  const world = await trivialWorld();
  await implementing(world);
  await must(world, "task create BUG-001 Crash");
  const unknown = (message: RegExp, hint: string) => [2, "unknown_transition", message, hint] as const;
  await refused(
    world,
    "gate check SPEC-001 ALL",
    unknown(/Unknown transition for a feature: ALL/, "calm gate list"),
  );
  await refused(
    world,
    "gate check SPEC-001 IMPLEMENT-CODEREVIEW",
    unknown(/IMPLEMENT-CODEREVIEW/, "Did you mean IMPLEMENT-CODE_REVIEW?"),
  );
  await refused(world, "gate check BUG-001 SPEC-DESIGN", unknown(/for a bug/, "calm gate list"));
  await refused(
    world,
    "gate list IMPLEMENT-CODE_REVEIW",
    unknown(/REVEIW/, "Did you mean IMPLEMENT-CODE_REVIEW?"),
  );
  await refused(world, "gate check SPEC-001 CODE_REVIEW-TEST", [
    4,
    "wrong_phase",
    /SPEC-001 is in IMPLEMENT, and CODE_REVIEW-TEST leads out of CODE_REVIEW/,
    "calm task show SPEC-001",
  ]);
  await refused(world, "gate check SPEC-01", [3, "task_not_found", /SPEC-01/, "Did you mean SPEC-001?"]);
});

test("without a language that calm knows, the checks fail and say how to configure them", async () => {
  const world = createWorld({ "main.zig": "pub fn main() void {}\n" });
  const tree = await implementing(world);
  world.commit({ "add.zig": "// add\n" }, "zig", tree);
  const { checks } = await runGate(world, "gate check SPEC-001", false);
  for (const name of ["tests", "lint", "types"]) {
    expect(checks[name]).toMatchObject({ verdict: "fail", log_path: null });
    expect(checks[name]?.message).toContain(
      `say it in .calm/config.yaml on the default branch: checks: { ${name}:`,
    );
  }
  expect(checks["code_exists"]?.verdict).toBe("pass");
});

const ownChecks = `version: 1
checks:
  tests: { run: "node --test test/empty/none.test.js", min_tests: 1 }
  lint: { run: "no-such-linter --strict" }
  types: { run: "printf x > leftover.txt" }
  uncounted: { run: "sh check.sh", min_tests: 1 }
  red: { run: "echo the reason is here; exit 3" }
gates:
  IMPLEMENT-CODE_REVIEW: { add: [uncounted, red, "tests:nowhere"] }
`;

test("nothing passes by default: no test, no tool, no count, no definition, a changed tree", async () => {
  const world = createWorld({ ...smallProject, "check.sh": "exit 0\n", ".calm/config.yaml": ownChecks });
  await must(world, "trust --yes");
  const tree = await implementing(world);
  world.commit({ "test/empty/none.test.js": "// nothing yet\n" }, "an empty test file", tree);
  world.write("package.json", "{}", tree);
  world.git(["checkout", "--quiet", "--", "package.json"], tree);
  const { checks, run } = await runGate(world, "gate check SPEC-001", false);
  expect(checks["tests"]?.message).toContain("0 tests ran, at least 1 must (min_tests)");
  expect(checks["lint"]?.message).toContain("needs a program that was not found (exit code 127)");
  expect(checks["uncounted"]?.message).toContain(
    "how many tests ran is unknown; set checks.uncounted.report",
  );
  expect(checks["red"]?.message).toContain("exit code 3");
  expect(checks["red"]?.message).toContain("the reason is here");
  expect(checks["tests:nowhere"]?.message).toContain(
    "9: gates.IMPLEMENT-CODE_REVIEW.add.2: the project has no check",
  );
  // The command left a file, so nobody knows what the others looked at.
  const shown = await must(world, `gate log ${run}`);
  expect(shown).toMatchObject({ verdict: "void", passed: false });
  expect(shown["reason"]).toContain("files changed in");
  await refused(world, "task transition SPEC-001 CODE_REVIEW", [
    4,
    "gate_failed",
    /no pass: void/,
    "calm gate log",
  ]);
});

test("G2: an ignored file helps in the worktree and fails in the clean room", async () => {
  const world = createWorld({
    ...smallProject,
    ".gitignore": "local.js\n",
    ".calm/config.yaml": easyConfig,
    "test/local.test.js":
      'const { test } = require("node:test");\ntest("local", () => { require("../local.js"); });\n',
  });
  await must(world, "trust --yes");
  const tree = await implementing(world);
  world.write("local.js", "", tree);
  const before = await runGate(world, "gate check SPEC-001", true);
  expect(before.checks["tests"]).toMatchObject({ verdict: "pass", room: "worktree" });
  putInto(world, "SPEC-001", "TEST");
  const { checks, run } = await runGate(world, "gate check SPEC-001", false);
  // Equal demands are met by one run, in the stricter room.
  expect(checks["tests"]).toMatchObject({ verdict: "fail", room: "clean" });
  expect(checks["tests_full"]).toMatchObject({ verdict: "fail", room: "clean" });
  expect(checks["tests_full"]?.message).toContain("1 of 2 tests failed: local");
  const log = await must(world, `gate log ${run} tests_full`);
  expect(log["output"]).toContain("local.js");
  await refused(world, `gate log ${run} test_full`, [
    2,
    "unknown_check",
    /no check test_full/,
    "Did you mean tests_full?",
  ]);
  await refused(world, "gate log 99", [3, "gate_run_not_found", /no gate run 99/, "calm task show"]);
  rmSync(checks["tests_full"]?.log_path ?? "");
  await refused(world, `gate log ${run} tests_full`, [3, "log_not_found", /is gone/, `calm gate log ${run}`]);
  expect((await must(world, "task show SPEC-001"))["test_runs"]).toEqual([
    expect.objectContaining({ total: 2, passed: 2, failed: 0 }),
    expect.objectContaining({ total: 2, passed: 1, failed: 1 }),
  ]);
});

test("the code checks name what they found, and look at what the task added only", async () => {
  const world = await trivialWorld();
  world.commit({ "src/old.js": "// TODO was there before\n" }, "old");
  await must(world, "task create SPEC-001 Subtract");
  putInto(world, "SPEC-001", "IMPLEMENT");
  const bare = await runGate(world, "gate check SPEC-001", false);
  expect(bare.checks["code_exists"]?.message).toContain("make one: calm worktree create SPEC-001");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit(
    { "docs/notes.md": "TODO is a word here\n", "planning_docs/SPEC-001/spec.md": "x\n" },
    "docs",
    tree,
  );
  const docs = await runGate(world, "gate check SPEC-001", false);
  expect(docs.checks["code_exists"]?.message).toMatch(/No code changed since main; \d other files did/);
  expect(docs.checks["no_todos"]?.verdict).toBe("pass");
  world.commit(
    {
      "src/sub.js": "// TODO(SPEC-12): later\n\n// FIXME now\n",
      "src/conflict.js": "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n",
    },
    "marks",
    tree,
  );
  const { checks, next } = await runGate(world, "gate check SPEC-001", false);
  expect(checks["code_exists"]?.verdict).toBe("pass");
  expect(checks["no_todos"]?.message).toContain("Untracked TODO or FIXME added: src/sub.js:3.");
  expect(checks["no_conflict_markers"]?.message).toContain("src/conflict.js:1, src/conflict.js:5.");
  expect(next).toBe("calm why SPEC-001");
  const told = await world.calm(["gate", "check", "SPEC-001"]);
  expect(told.exitCode).toBe(1);
  expect(told.out).toContain("[FAIL] no_todos");
  expect(told.out).toContain("GATE FAILED");
});

test("a task's branch cannot weaken its own gate, and uncommitted configuration does not count", async () => {
  const world = await trivialWorld(trivialConfig.replace('run: "true"', 'run: "false"'));
  const tree = await implementing(world);
  world.commit({ ".calm/config.yaml": trivialConfig }, "weaker", tree);
  const { exitCode, warnings } = await operate(world, "gate check SPEC-001");
  expect(exitCode).toBe(1);
  expect(warnings.join()).toContain("differs on the task's branch; gates read the one on main");
  world.write(".calm/config.yaml", trivialConfig);
  const listed = await must(world, "gate list IMPLEMENT-CODE_REVIEW");
  expect(listed["notes"]).toEqual([expect.stringContaining("has uncommitted changes")]);
  expect(JSON.stringify(listed)).toContain('"command":"false"');
});

test("a verdict is reused for the same tree and definition, and not with --no-cache", async () => {
  const world = await trivialWorld();
  await implementing(world);
  const first = await runGate(world, "gate check SPEC-001", true);
  expect(first.checks["tests"]?.cached_from).toBeNull();
  const second = await runGate(world, "gate check SPEC-001", true);
  expect(second.checks["tests"]?.message).toContain(`cached from run ${first.run}`);
  const third = await runGate(world, "gate check SPEC-001 --no-cache", true);
  expect(third.checks["tests"]?.cached_from).toBeNull();
  expect(third.next).toBe("calm task transition SPEC-001 CODE_REVIEW");
});
