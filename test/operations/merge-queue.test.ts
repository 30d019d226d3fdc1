import { expect, test } from "vitest";
import { during, pausedTests, runsOf } from "../support/mergeable.ts";
import { expectBothLanded, queueOf, twoTasks } from "../support/merge-queue.ts";
import { must, operate } from "../support/operate.ts";

const [first, second] = ["worktree merge SPEC-001", "worktree merge SPEC-002"];

// merge-turns.test.ts has what becomes of turns and places that are lost.
test("one waits, is checked on top of the other meanwhile, and lands without a further run; the queue says why", async () => {
  const world = await twoTasks();
  const pause = pausedTests(world);
  const merging = operate(world, first, during(world, pause.script));
  await pause.reached();
  expect(await queueOf(world)).toEqual([["SPEC-001", "checking"]]);
  const [place] = (await must(world, "worktree queue"))["merges"] as Record<string, unknown>[];
  expect(place).toMatchObject({
    kind: "merge",
    priority: 2,
    actor: "user:ann",
    host: "here",
    pid: process.pid,
  });
  for (const line of [`${second} --wait 0`, `${first} --wait 0`]) {
    const { exitCode, error } = await operate(world, line, during(world));
    expect([exitCode, error?.code]).toEqual([6, "busy"]);
    expect(error?.message).toContain("SPEC-001 (checking; user:ann, process");
    expect(error?.hint).toContain("calm worktree queue");
    expect(error?.details["ahead"]).toMatchObject([{ task: "SPEC-001", state: "checking" }]);
  }
  const joined = operate(world, first, during(world));
  const waiting = operate(world, second, during(world));
  await expect
    .poll(async () => queueOf(world), { timeout: 20_000 })
    .toEqual([
      ["SPEC-001", "checking"],
      ["SPEC-002", "ready", "SPEC-001 turn"],
    ]);
  const { out } = await world.calm(["worktree", "queue"]);
  expect(out).toMatch(/SPEC-001 +2 +checking .*has its turn/);
  expect(out).toMatch(/SPEC-002 +2 +ready .*behind SPEC-001, which has its turn/);
  pause.goOn();
  const answers = await Promise.all([merging, joined, waiting]);
  expect(answers.map(({ exitCode, data }) => [exitCode, data["joined"]])).toEqual([
    [0, false],
    [0, true],
    [0, false],
  ]);
  expect(answers[1].data["commit"]).toBe(answers[0].data["commit"]);
  // Each task's tests ran once: the second ones on the tree that its merge has now.
  expect(runsOf(world)).toBe(2);
  expectBothLanded(world);
  expect((await world.calm(["worktree", "queue"])).out).toBe("No merges are under way.\n");
});
