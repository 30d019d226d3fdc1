import { expect, test } from "vitest";
import { createWorld, type World } from "../support/world.ts";

async function must(world: World, line: string, options = {}): Promise<string> {
  const ran = await world.calm(line.split(" "), options);
  if (ran.exitCode !== 0) throw new Error(`${line}: ${ran.exitCode}\n${ran.out}${ran.err}`);
  return ran.out.trim();
}

test("a feature goes from creation to DONE", async () => {
  const world = createWorld();
  await must(world, "trust --yes");
  await must(world, "task create SPEC-001 Subtract");
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ "planning_docs/SPEC-001/spec.md": "# Spec\n\nIt subtracts.\n" }, "spec", tree);
  const one = await must(world, "worker start SPEC-001 reviewer");
  const two = await must(world, "worker start SPEC-001 spec-reviewer");
  for (const worker of [one, two])
    await must(world, `review record SPEC-001 spec approved --worker ${worker}`);
  await must(world, "gate check SPEC-001 SPEC-DESIGN");
  await must(world, "task transition SPEC-001 DESIGN");
  world.commit({ "planning_docs/SPEC-001/proposal.md": "# Proposal\n\nA function.\n" }, "proposal", tree);
  for (const worker of [one, two])
    await must(world, `review record SPEC-001 proposal approved --worker ${worker}`);
  await must(world, "gate check SPEC-001");
  await must(world, "task transition SPEC-001 IMPLEMENT");
  world.commit(
    {
      "src/sub.js": "exports.sub = (a, b) => a - b;\n",
      "test/sub.test.js":
        'const { test } = require("node:test");\nconst assert = require("node:assert");\nconst { sub } = require("../src/sub.js");\ntest("subtracts", () => assert.equal(sub(3, 2), 1));\n',
      "changelog.d/SPEC-001.md": "Added sub.\n",
    },
    "implement",
    tree,
  );
  await must(world, "gate check SPEC-001");
  await must(world, "task transition SPEC-001 CODE_REVIEW");
  for (const worker of [one, two])
    await must(world, `review record SPEC-001 code approved --worker ${worker}`);
  expect(await must(world, "gate check SPEC-001")).toContain("cached from run");
  await must(world, "task transition SPEC-001 TEST");
  await must(world, "gate check SPEC-001");
  await must(world, "task transition SPEC-001 INTEGRATE");
  expect(await must(world, "worktree merge SPEC-001 --check-only")).toBe("No merge conflicts detected.");
  expect(await must(world, "gate check SPEC-001")).toContain("GATE PASSED");
  const merged = await must(world, "worktree merge SPEC-001");
  expect(merged).toContain("Merged SPEC-001 to main");
  expect(world.git(["status", "--porcelain"])).toBe("");
  expect(world.git(["log", "--format=%s", "-1"])).toBe("Merge task SPEC-001: Subtract");
  await must(world, "gate check SPEC-001");
  await must(world, "task transition SPEC-001 DONE");
  expect((await world.json(["task", "show", "SPEC-001"]))["phase"]).toBe("DONE");
  expect(await must(world, "counter get merges_since_e2e")).toBe("1");
}, 60_000);
