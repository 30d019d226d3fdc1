import { expect, test } from "vitest";
import { must, putInto, refused } from "../support/operate.ts";
import { createWorld, easyConfig, smallProject } from "../support/world.ts";

test("verdicts of a void run are never reused", async () => {
  // The check passes only because it repairs the tree that it is about.
  const config = `${easyConfig}  tests: { run: "test -e fixed || { touch fixed; exit 0; }", min_tests: 0 }\n`;
  const world = createWorld({ ...smallProject, ".calm/config.yaml": config });
  await must(world, "trust --yes");
  await must(world, "task create BUG-1 Bug");
  await must(world, "worktree create BUG-1");
  const tree = world.worktree("BUG-1");
  world.commit({ "src/a.js": "1\n" }, "fix", tree);
  putInto(world, "BUG-1", "INVESTIGATED");
  const first = await world.calm(["gate", "check", "BUG-1"]);
  expect(first.out).toContain("while the gate ran");
  world.git(["clean", "--force", "--quiet"], tree);
  const second = await world.calm(["gate", "check", "BUG-1"]);
  expect(second.out).not.toContain("cached");
});

test("a branch that changes the script behind a check asks for trust, and for a person before it merges", async () => {
  const world = createWorld({ ...smallProject, ".calm/config.yaml": easyConfig });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  await must(world, "worktree create SPEC-1");
  const tree = world.worktree("SPEC-1");
  const scripts = JSON.stringify({ name: "small", scripts: { test: "node --test test/add.test.js" } });
  world.commit({ "package.json": scripts, "src/b.js": "1\n", "changelog.d/SPEC-1.md": "b\n" }, "b", tree);
  putInto(world, "SPEC-1", "IMPLEMENT");
  await refused(world, "gate check SPEC-1", [
    4,
    "untrusted_commands",
    /node --test test/,
    "calm trust SPEC-1 --yes",
  ]);
  await must(world, "trust SPEC-1 --yes");
  await must(world, "gate check SPEC-1");
  putInto(world, "SPEC-1", "INTEGRATE");
  await refused(world, "worktree merge SPEC-1", [
    4,
    "guarded_change",
    /script behind tests/,
    "calm approve SPEC-1 merge",
  ]);
});
