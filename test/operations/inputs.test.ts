import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const config = (inputs: string) => `version: 1
checks:
  tests: { run: 'echo run >> "$RUNS"', min_tests: 0, inputs: ${inputs} }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;

async function started(inputs: string): Promise<World> {
  const world = createWorld({ ".calm/config.yaml": config(inputs), "src/a.js": "1\n", "docs/a.md": "# a\n" });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "IMPLEMENT");
  await must(world, "worktree create SPEC-1");
  world.commit({ "src/a.js": "2\n" }, "change", world.worktree("SPEC-1"));
  return world;
}

const runsOf = (world: World) => {
  const path = join(world.folder, "runs");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
};

async function checked(world: World, passed = true, check = "tests") {
  const env = { RUNS: join(world.folder, "runs") };
  const { checks, run } = await runGate(world, "gate check SPEC-1", passed, { env });
  return { run, ...checks[check] } as {
    run: number;
    message: string;
    ran_on?: string;
    cached_from: number | null;
  };
}

test("a commit of documents does not run the tests again, and the row says which tree they ran on", async () => {
  const world = await started('["src/**"]');
  const tree = world.worktree("SPEC-1");
  const treeOf = () => world.git(["rev-parse", "HEAD^{tree}"], tree);
  const first = await checked(world);
  const ranOn = treeOf();
  expect(first).toMatchObject({ cached_from: null });
  world.commit({ "docs/a.md": "# b\n" }, "documents", tree);
  const second = await checked(world);
  expect(runsOf(world)).toBe(1);
  expect(second.message).toContain(
    `(cached from run ${first.run}: same inputs as tree ${ranOn.slice(0, 7)})`,
  );
  expect(second.ran_on).toBe(ranOn);
  expect((await world.calm(["gate", "log", String(second.run)])).out).toContain("same inputs as tree");
  // The source moves on and back: only content that was seen to pass counts.
  world.commit({ "src/a.js": "3\n" }, "more", tree);
  expect(await checked(world)).not.toHaveProperty("ran_on");
  expect(runsOf(world)).toBe(2);
  world.commit({ "src/a.js": "2\n" }, "back", tree);
  expect((await checked(world)).message).toContain(`run ${first.run}: same inputs`);
  expect(runsOf(world)).toBe(2);
});

test("in a clean room the whole tree counts", async () => {
  const world = await started('["src/**"]');
  putInto(world, "SPEC-1", "TEST");
  const tree = world.worktree("SPEC-1");
  await checked(world);
  // Both demand the same, so it runs once, in the clean room.
  expect(runsOf(world)).toBe(1);
  world.commit({ "docs/a.md": "# b\n" }, "documents", tree);
  expect((await checked(world, true, "tests_full")).message).not.toContain("cached");
  expect((await checked(world, true, "tests")).message).not.toContain("same inputs");
  expect(runsOf(world)).toBe(2);
});

test("a glob that matches nothing fails the check and runs nothing", async () => {
  const world = await started('["src/**", "srcc/**"]');
  const refused = await checked(world, false);
  expect(refused.message).toContain('checks.tests.inputs in .calm/config.yaml says "srcc/**"');
  expect(runsOf(world)).toBe(0);
  // Nor does it pass as soon as somebody has asked twice.
  expect((await checked(world, false)).message).toContain("srcc");
});

test("other globs are another definition", async () => {
  const world = await started('["src/**"]');
  const tree = world.worktree("SPEC-1");
  await checked(world);
  world.commit({ ".calm/config.yaml": config('["src/*"]') }, "other globs");
  world.git(["rebase", "--quiet", "main"], tree);
  await must(world, "trust --yes");
  expect((await checked(world)).cached_from).toBeNull();
  expect(runsOf(world)).toBe(2);
});
