import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gitCalls, keepWorld, killCalmAfter, killPoints, runCalm } from "../support/killing-git.ts";
import { everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const randomKills = Number(process.env["CALM_TEST_RANDOM_KILLS"] ?? 0);

/** Kills a command at each point, or at random times, and looks at what the same command then makes of it. */
async function atEachKill(
  world: World,
  line: string,
  check: (told: string) => Promise<void> | void,
): Promise<void> {
  const restore = keepWorld(world);
  const started = Date.now();
  expect(runCalm(world, line).status).toBe(0);
  const span = Date.now() - started;
  const calls = gitCalls(world);
  const bad: string[] = [];
  const take = async (told: string, kill: () => Promise<void> | void): Promise<void> => {
    restore();
    try {
      await kill();
      await check(told);
    } catch (error) {
      bad.push(String(error).slice(0, 3000));
    }
  };
  for (const { call, moment } of killPoints(calls, 2, 5)) {
    const told = `killed ${moment} git call ${call} of ${calls}`;
    await take(told, () => {
      expect(runCalm(world, line, { call, moment }).signal, told).toBe("SIGKILL");
    });
  }
  for (let round = 0; round < randomKills; round++) {
    const time = Math.round(80 + Math.random() * span);
    await take(`killed after ${time} ms`, async () => {
      await killCalmAfter(world, line, time, round % 2 === 0);
    });
  }
  expect(bad).toEqual([]);
}

function expectTidy(world: World, told: string): void {
  expect(leftovers(world), told).toEqual([]);
  expect(mergeRecords(world).open, told).toEqual([]);
  expect(world.git(["worktree", "list", "--porcelain"]), told).not.toMatch(/prunable|locked/);
}

test("W6: a killed `worktree create` is taken back, and the same command makes it whole", async () => {
  const world = await mergeWorld({ "src/big": "big\n".repeat(5000) });
  await must(world, "task create SPEC-001 It");
  const before = everything(world);
  const create = "worktree create SPEC-001";
  await atEachKill(world, create, async (told) => {
    const again = runCalm(world, create);
    expect([0, 5], `${told}: ${again.stderr}`).toContain(again.status);
    const tree = world.worktree("SPEC-001");
    expect(world.git(["status", "--porcelain"], tree), told).toBe("?? planning_docs/");
    expect(world.git(["symbolic-ref", "HEAD"], tree), told).toBe("refs/heads/SPEC-001");
    expect((await must(world, "worktree list"))["worktrees"], told).toMatchObject([
      { uncommitted: 0, problems: [] },
    ]);
    expect({ ...everything(world), refs: "" }, told).toEqual({ ...before, refs: "" });
    expectTidy(world, told);
  });
}, 600_000);

test("W3: a killed `worktree remove` never loses a byte, and the same command finishes it", async () => {
  const world = await mergeWorld({ "src/c": "c\n" });
  await mergeable(world, "SPEC-001", { "src/a": "committed\n" });
  const tree = world.worktree("SPEC-001");
  world.write("src/b", "staged\n", tree);
  world.git(["add", "src/b"], tree);
  world.write("src/b", "then edited\n", tree);
  writeFileSync(join(tree, "bytes"), Buffer.from([0, 255, 13, 10]));
  const before = everything(world);
  const remove = "worktree remove SPEC-001 --force --yes";
  await atEachKill(world, remove, (told) => {
    const again = runCalm(world, remove);
    expect([0, 3], `${told}: ${again.stderr}`).toContain(again.status);
    expect(existsSync(tree), told).toBe(false);
    expect(readdirSync(join(world.repository, ".worktrees")), told).toEqual([]);
    expect(world.git(["branch", "--list", "SPEC-001"]), told).toBe("");
    const refs = world.git(["for-each-ref", "--format=%(refname)", "refs/calm/attic"]).split("\n");
    const whole = refs.filter((ref) => {
      const [edited, staged, committed] = [`${ref}:src/b`, `${ref}^2:src/b`, `${ref}^1:src/a`].map((path) =>
        world.git(["show", path]),
      );
      const bytes = world.git(["rev-parse", `${ref}:bytes`]);
      return (
        edited === "then edited" &&
        staged === "staged" &&
        committed === "committed" &&
        bytes === "00822ce7dfc6f27759b94e2c7dfd26f25afbac9d"
      );
    });
    expect(whole.length, told).toBeGreaterThan(0);
    expect({ ...everything(world), refs: "" }, told).toEqual({ ...before, refs: "" });
    expectTidy(world, told);
  });
}, 600_000);
