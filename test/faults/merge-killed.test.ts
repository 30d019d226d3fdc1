import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToItsEnd } from "../support/faults/run.ts";
import { gitCalls, keepWorld, killCalmAfter, killPoints, runCalm } from "../support/killing-git.ts";
import { everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must } from "../support/operate.ts";
import type { World } from "../support/world.ts";

/** A repository in which a person works: dirty, staged, untracked and ignored files that nobody may touch. */
async function busyWorld(): Promise<World> {
  const world = await mergeWorld({
    "src/x": "x\n".repeat(2000),
    "src/turns/inner": "i\n",
    "src/file": "f\n",
    "src/tool": "#!/bin/sh\n",
    ".gitignore": "*.ignored\n",
  });
  const files = { "src/a": "one\ntwo\nthree\nfour\n", "src/new/deep": "n\n", "src/x": "y\n".repeat(3000) };
  await mergeable(world, "SPEC-001", files);
  const tree = world.worktree("SPEC-001");
  for (const path of ["turns", "file"]) rmSync(join(tree, "src", path), { recursive: true });
  symlinkSync("a", join(tree, "src/link"));
  chmodSync(join(tree, "src/tool"), 0o755);
  world.commit({ "src/turns": "a file now\n", "src/file/inner": "a folder now\n" }, "turns", tree);
  world.write("README.md", "edited\n");
  world.write("src/b", "staged\n");
  world.git(["add", "src/b"]);
  world.write("src/b", "edited again\n");
  world.write("mine", "untracked\n");
  world.write("my.ignored", "ignored\n");
  return world;
}

const persons = ["README.md", "src/b", "mine", "my.ignored"];

/** What must hold after one further command, wherever the first one was killed. */
async function expectWhole(world: World, before: Record<string, string>, told: string): Promise<void> {
  const { phase } = await world.json(["task", "show", "SPEC-001"]);
  const landed = world
    .git(["log", "--format=%(trailers:key=Calm-Task,valueonly)", "main"])
    .includes("SPEC-001");
  const records = mergeRecords(world);
  const count = landed ? 1 : 0;
  expect({ phase, ...records }, told).toEqual({
    ...{ phase: landed ? "VERIFY" : "INTEGRATE", merges: count, open: [], e2e: count, docs: count },
  });
  expect(leftovers(world), told).toEqual([]);
  const after = everything(world);
  for (const path of persons) expect(after[path], told).toBe(before[path]);
  const status = ["M  README.md", "MM src/b", "?? mine"];
  expect(
    world
      .git(["status", "--porcelain"])
      .split("\n")
      .map((line) => line.slice(3)),
    told,
  ).toEqual(status.map((line) => line.slice(3)));
  expect(world.git(["diff", "--cached", "--name-only"]), told).toBe("src/b");
  expect(world.git(["diff", "--name-only"]), told).toBe("README.md\nsrc/b");
  expect(world.git(["branch", "--list", "SPEC-001"]) === "", told).toBe(landed);
  expect(existsSync(world.worktree("SPEC-001")), told).toBe(!landed);
  expect(world.git(["worktree", "list", "--porcelain"]), told).not.toContain("prunable");
}

test("M1: a merge killed at any git call is finished or taken back by the next command", async () => {
  const world = await busyWorld();
  const before = everything(world);
  const restore = keepWorld(world);
  expect(runCalm(world, "worktree merge SPEC-001").status).toBe(0);
  const calls = gitCalls(world);
  await expectWhole(world, before, "not killed");
  const bad: string[] = [];
  for (const { call, moment } of killPoints(calls, 8, 7)) {
    restore();
    const killed = runCalm(world, "worktree merge SPEC-001", { call, moment });
    const told = `killed ${moment} git call ${call} of ${calls}`;
    expect(killed.signal, `${told}: ${killed.stderr}`).toBe("SIGKILL");
    const again = runCalm(world, "worktree merge SPEC-001");
    try {
      expect([0, 4], `${told}: ${again.stderr}`).toContain(again.status);
      await expectWhole(world, before, `${told}\n${again.stdout}${again.stderr}`);
      expect((await world.json(["task", "show", "SPEC-001"]))["phase"], told).toBe("VERIFY");
    } catch (error) {
      if (process.env["CALM_TEST_ALL_POINTS"] !== "1") throw error;
      bad.push(String(error).slice(0, 1500));
    }
  }
  expect(bad).toEqual([]);
}, 1_200_000);

test("a killed merge is taken back by a command of another task, and keeps the task's worktree whole", async () => {
  const world = await busyWorld();
  await must(world, "task create SPEC-002 Other");
  const before = everything(world);
  expect(runCalm(world, "worktree merge SPEC-001", { call: 12, moment: "after" }).signal).toBe("SIGKILL");
  const next = runCalm(world, "worktree create SPEC-002");
  expect(next.status, next.stderr).toBe(0);
  await expectWhole(world, before, next.stderr);
  expect(readFileSync(join(world.worktree("SPEC-001"), "src/a"), "utf8")).toContain("four");
});

const randomKills = Number(process.env["CALM_TEST_RANDOM_KILLS"] ?? 0);

test.runIf(randomKills > 0)(
  "F3: killed at random times, alone or with its gits, and killed again while it recovers",
  async () => {
    const world = await busyWorld();
    const before = everything(world);
    const restore = keepWorld(world);
    const started = Date.now();
    expect(runCalm(world, "worktree merge SPEC-001").status).toBe(0);
    const span = Date.now() - started;
    const bad: string[] = [];
    for (let round = 0; round < randomKills; round++) {
      restore();
      const times: number[] = [];
      for (let depth = 0; depth < 3; depth++) {
        times.push(Math.round(100 + Math.random() * span));
        await killCalmAfter(world, "worktree merge SPEC-001", times[depth] ?? 0, Math.random() < 0.5);
      }
      const told = `killed after ${times.join(", ")} ms`;
      const again = runCalm(world, "worktree merge SPEC-001");
      try {
        expect([0, 4], `${told}: ${again.stderr}`).toContain(again.status);
        await expectWhole(world, before, `${told}\n${again.stdout}${again.stderr}`);
        expect((await world.json(["task", "show", "SPEC-001"]))["phase"], told).toBe("VERIFY");
      } catch (error) {
        bad.push(String(error).slice(0, 3000));
        console.error(bad.at(-1));
      }
    }
    expect(bad).toEqual([]);
  },
  3_000_000,
);

test("M1: a merge of documents killed at any boundary is finished or taken back, counts nothing, and is undone whole", async () => {
  const world = await mergeWorld();
  await must(world, ["task", "create", "SPEC-001", "Parent"]);
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  const head = world.commit({ "planning_docs/SPEC-001/spec.md": "# Spec\nfirst\n" }, "write", tree);
  const main = world.git(["rev-parse", "main"]);
  const restore = keepWorld(world);
  const line = "worktree merge SPEC-001 --docs";
  const { boundaries } = await runToItsEnd(world, line.split(" "));
  const last = boundaries.indexOf("merge.done");
  const swapped = boundaries.indexOf("merge.swapped");
  expect([swapped > 0, last > swapped]).toEqual([true, true]);
  for (const [index, at] of [...new Set(boundaries.slice(0, last + 1))].entries()) {
    restore();
    const killed = await runToItsEnd(world, line.split(" "), { by: "failpoint", at, group: false });
    expect(killed.killed, at).toBe(true);
    const next = runCalm(world, index % 2 === 0 ? "doctor --fix" : "task list");
    expect(next.status, `${at}: ${next.stderr}`).toBe(0);
    // The same command says what has landed, or lands it.
    const again = runCalm(world, line);
    const had = boundaries.indexOf(at) >= swapped;
    expect(had ? [0, 4] : [0], `${at}: ${again.stderr}`).toContain(again.status);
    expect({ ...mergeRecords(world), left: leftovers(world) }, at).toEqual({
      ...{ merges: 1, open: [], e2e: 0, docs: 0, left: [] },
    });
    expect(world.git(["show", "main:planning_docs/SPEC-001/spec.md"]), at).toBe("# Spec\nfirst");
    expect([world.git(["rev-parse", "HEAD"], tree), existsSync(tree)], at).toEqual([head, true]);
    const undone = runCalm(world, "undo --yes");
    expect([undone.status, world.git(["rev-parse", "main"])], `${at}: ${undone.stderr}`).toEqual([0, main]);
    expect([mergeRecords(world).merges, world.git(["rev-parse", "HEAD"], tree)], at).toEqual([0, head]);
  }
}, 1_200_000);
