import { existsSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chosenSeed } from "../support/samples.ts";
import { act, type Deed, deeds, firstFiles, firstSettings, lookOver } from "../support/dirty-tree.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { gitCalls, keepWorld, killPoints, runCalm } from "../support/killing-git.ts";
import { leftovers, mergeable, mergeRecords, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const runs = Number(process.env["CALM_TEST_RUNS"] ?? 1);
const points = Number(process.env["CALM_TEST_POINTS"] ?? 2);

/** What takes a worktree away, or tries to; each is killed at some point. */
const removals = [
  "worktree remove SPEC-001 --force --yes",
  "task delete SPEC-001 --force --yes",
  "worktree health --fix",
  "worktree merge SPEC-001 --skip-sync",
  "worktree create SPEC-001 --adopt",
  "worktree restore SPEC-001",
];

function seen(world: World): Record<string, string> {
  return lookOver({ path: world.worktree("SPEC-001"), env: world.env });
}

/** A task before its merge, with another one's work beside it to be in conflict with, and deeds done in its worktree. */
async function dirtyWorld(done: readonly Deed[]): Promise<World> {
  const world = await mergeWorld(firstFiles);
  for (const [key, value] of firstSettings) world.git(["config", key, value]);
  world.git(["checkout", "--quiet", "-b", "side"]);
  world.commit({ a: "theirs\n", new: "theirs\n" }, "theirs");
  world.git(["checkout", "--quiet", "main"]);
  await mergeable(world, "SPEC-001", { b: "committed\n" });
  for (const deed of done) act({ path: world.worktree("SPEC-001"), env: world.env }, deed);
  return world;
}

/** Whatever has become of the worktree: it is there, or comes back from the attic, as it was. */
async function expectWhole(
  world: World,
  before: Record<string, string>,
  head: string,
  told: string,
): Promise<void> {
  // By the real program, which is on the same host as the one that was killed; 1 = issues are left for a person.
  const health = runCalm(world, "worktree health --fix");
  expect([0, 1], `${told}: ${health.stderr}`).toContain(health.status);
  if (!existsSync(world.worktree("SPEC-001"))) {
    if ((await operate(world, "task show SPEC-001")).exitCode !== 0)
      await must(world, "task create SPEC-001 Again");
    const { error } = await operate(world, "worktree restore SPEC-001");
    expect(error, told).toBeUndefined();
  }
  expect(seen(world), told).toEqual(before);
  expect(world.git(["for-each-ref", "--contains", head]), told).not.toBe("");
  expect(leftovers(world), told).toEqual([]);
  expect(mergeRecords(world).open, told).toEqual([]);
  expect(world.git(["worktree", "list", "--porcelain"]), told).not.toMatch(/prunable|locked/);
}

test("every byte of a random worktree outlives every removal, killed at any step", async () => {
  await fc.assert(
    fc.asyncProperty(deeds, fc.constantFrom(...removals), fc.nat(), async (done, line, seed) => {
      const world = await dirtyWorld(done);
      if (line.includes("health")) putIntoPhase(world, "SPEC-001", "DONE");
      const before = seen(world);
      const head = world.git(["rev-parse", "SPEC-001"]);
      // It is brought back while it is not there.
      if (line.includes("restore")) await must(world, removals[0] ?? "");
      const back = keepWorld(world);
      runCalm(world, line);
      const calls = gitCalls(world);
      await expectWhole(world, before, head, line);
      for (const { call, moment } of calls === 0 ? [] : killPoints(calls, points, seed)) {
        back();
        runCalm(world, line, { call, moment });
        await expectWhole(world, before, head, `${line}, killed ${moment} git call ${call} of ${calls}`);
      }
    }),
    { numRuns: runs, endOnFailure: true, ...chosenSeed },
  );
}, 3_600_000);

test("an entry that is dropped is there whole, or goes: a killed drop brings nothing back", async () => {
  const world = await dirtyWorld([]);
  world.git(["checkout", "--quiet", "--detach", "main"], world.worktree("SPEC-001"));
  world.commit({ loose: "x\n" }, "on no branch", world.worktree("SPEC-001"));
  await must(world, removals[0] ?? "");
  const kept = (): string => world.git(["for-each-ref", "refs/calm/attic"]);
  const whole = kept().split("\n");
  expect(whole).toHaveLength(2);
  const back = keepWorld(world);
  const line = "worktree attic drop SPEC-001 1 --yes";
  for (const [at, left] of [
    ["drop.recorded", whole],
    ["drop.branch-let-go", whole.slice(0, 1)],
    ["drop.let-go", [""]],
  ] as const) {
    back();
    const { killed } = await runToItsEnd(world, line.split(" "), { by: "failpoint", at, group: false });
    expect(killed, at).toBe(true);
    runCalm(world, "doctor --fix");
    expect(kept().split("\n"), at).toEqual(left);
    if (kept() !== "") expect(runCalm(world, line).status, at).toBe(0);
    expect(kept(), at).toBe("");
  }
}, 120_000);
