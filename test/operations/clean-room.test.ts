import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { must, putInto, runGate } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const config = `version: 1
setup: ['echo setup >> "$RUNS"; mkdir -p node_modules; eval "$SETUP"']
checks:
  tests: { run: "true", min_tests: 0 }
  tests_full: { run: 'eval "$DURING"', min_tests: 0 }
  lint: { none: "no linter" }
  types: { none: "no types" }
`;
const lock = (version: number) => JSON.stringify({ name: "x", lockfileVersion: 3, version });

async function started(): Promise<World> {
  const files = { "package-lock.json": lock(1), ".gitignore": "node_modules\nignored\n", a: "1\n" };
  const world = createWorld({ ".calm/config.yaml": config, ...files });
  await must(world, "trust --yes");
  await must(world, "task create SPEC-1 Feature");
  putInto(world, "SPEC-1", "TEST");
  await must(world, "worktree create SPEC-1");
  world.commit({ b: "1\n" }, "change", world.worktree("SPEC-1"));
  return world;
}

async function full(world: World, passed: boolean, during: string, setup = ":") {
  const env = { RUNS: join(world.folder, "runs"), DURING: during, SETUP: setup };
  return (await runGate(world, "gate check SPEC-1 --no-cache", passed, { env })).checks["tests_full"];
}

const setups = (world: World) => readFileSync(join(world.folder, "runs"), "utf8").split("\n").length - 1;

test("setup runs once for its lock files, again after it failed, and never for what it did not finish", async () => {
  const world = await started();
  const failed = await full(
    world,
    false,
    ":",
    'test -n "$CALM_WORKTREE" && case $PWD in */slots/*) exit 1;; esac',
  );
  expect(failed?.message).toContain("setup failed");
  // One in the worktree, one here that failed.
  expect(setups(world)).toBe(2);
  // A half-made install of the failed setup is gone.
  await full(world, true, "test ! -e node_modules/half", ":");
  expect(setups(world)).toBe(3);
  await full(world, true, ":");
  expect(setups(world)).toBe(3);
  world.commit({ "package-lock.json": lock(2) }, "another lock file", world.worktree("SPEC-1"));
  await full(world, true, ":");
  expect(setups(world)).toBe(5);
});

test("nothing that a check leaves is there in the next run, but what setup has made", async () => {
  const world = await started();
  const leave = [
    "test -d node_modules && touch node_modules/kept",
    "echo 2 > a; touch untracked ignored",
    "mkdir -p closed/deep && touch closed/deep/x && chmod 000 closed",
    "git init -q nested && touch nested/x",
    "git update-index --assume-unchanged a",
    "ln -s /tmp elsewhere; chmod +x b",
  ].join("\n");
  await full(world, true, leave);
  const look = [
    'test -e node_modules/kept && test "$(cat a)" = 1 && test ! -x b',
    "for one in untracked ignored closed nested elsewhere; do test ! -e $one && test ! -L $one || exit 1; done",
    'test -z "$(git status --porcelain --ignored | grep -v node_modules)"',
    "test -z \"$(git ls-files -v | grep '^[a-z]')\"",
  ].join(" && ");
  await full(world, true, look.replace("|| exit 1; done &&", "|| exit 1; done;"));
  // Ignored files of the worktree help nobody there.
  world.write("ignored", "1", world.worktree("SPEC-1"));
  await full(world, false, "test -e ignored");
});
