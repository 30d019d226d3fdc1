import { expect, test } from "vitest";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const testOf = (name: string, assertion: string, options = "{}") =>
  [
    'const { test } = require("node:test");',
    'const assert = require("node:assert");',
    'const { add } = require("../src/add.js");',
    `test("${name}", ${options}, () => assert.equal(${assertion}));\n`,
  ].join("\n");

/** A bug in INVESTIGATED whose fix is committed, without a test. */
async function fixed(world: World): Promise<string> {
  await must(world, "trust --yes");
  await must(world, "task create BUG-001 Texts");
  putInto(world, "BUG-001", "INVESTIGATED");
  await must(world, "worktree create BUG-001");
  const tree = world.worktree("BUG-001");
  world.commit({ "src/add.js": "exports.add = (a, b) => Number(a) + Number(b);\n" }, "fix", tree);
  return tree;
}

test("a regression test is proven to fail without the fix, once", async () => {
  const world = createWorld();
  const tree = await fixed(world);
  const without = await runGate(world, "gate check BUG-001", false);
  expect(without.checks["regression_test"]?.message).toContain("No test file added or changed since main");
  world.commit({ "test/texts.test.js": testOf("texts", "add(1, 2), 3") }, "a test of nothing", tree);
  const useless = await runGate(world, "gate check BUG-001", false);
  expect(useless.checks["tests"]?.verdict).toBe("pass");
  expect(useless.checks["regression_test"]).toMatchObject({ verdict: "fail", room: "clean" });
  expect(useless.checks["regression_test"]?.message).toContain(
    "test/texts.test.js pass without the fix, so they do not show the bug",
  );
  world.commit({ "test/texts.test.js": testOf("texts", 'add("1", 2), 3') }, "a test of the bug", tree);
  const proven = await runGate(world, "gate check BUG-001", true);
  expect(proven.checks["regression_test"]?.message).toBe(
    "test/texts.test.js fail without the fix, as they must",
  );
  const again = await runGate(world, "gate check BUG-001", true);
  expect(again.checks["regression_test"]?.message).toContain(`cached from run ${proven.run}`);
  const fresh = await runGate(world, "gate check BUG-001 --no-cache", true);
  expect(fresh.checks["regression_test"]).toMatchObject({ verdict: "pass", cached_from: null });
  // The proof's failures are no test runs of the task.
  const { test_runs: runs } = await must(world, "task show BUG-001");
  expect((runs as { failed: number }[]).every(({ failed }) => failed === 0)).toBe(true);
  // Nothing of the proof is left where people work.
  expect(world.git(["status", "--porcelain"])).toBe("");
  await must(world, "task transition BUG-001 FIXED");
});

test("a skipped test keeps a bug from TESTED", async () => {
  const world = createWorld();
  const tree = await fixed(world);
  putInto(world, "BUG-001", "REVIEWED");
  world.commit(
    {
      "test/texts.test.js": testOf("texts", 'add("1", 2), 3'),
      "test/later.test.js": testOf("later", "add(0, 0), 0", "{ skip: true }"),
    },
    "tests",
    tree,
  );
  const { checks } = await runGate(world, "gate check BUG-001", false);
  expect(checks["tests_full"]?.message).toContain("2 tests passed, 1 skipped");
  expect(checks["no_skipped"]).toMatchObject({ verdict: "fail" });
  expect(checks["no_skipped"]?.message).toBe("1 of 3 tests skipped, 0 allowed. Run them, or remove them");
  world.git(["rm", "--quiet", "test/later.test.js"], tree);
  world.git(["commit", "--quiet", "--message", "not later"], tree);
  await runGate(world, "gate check BUG-001", true);
});
