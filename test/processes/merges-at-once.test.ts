import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { mergeRecords, pausedTests } from "../support/mergeable.ts";
import { expectAllLanded, startMerge, worldOfTasks } from "../support/merging-at-once.ts";
import { phaseOf } from "../support/operate.ts";

const many = 20;
const patience = { timeout: 60_000 };

test("twenty processes merge twenty tasks at once: all land, each once, and main is green at every commit", async () => {
  const { world, tasks } = await worldOfTasks(many);
  const ran = await Promise.all(tasks.map((task) => startMerge(world, task).ended));
  expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expectAllLanded(world, tasks);
}, 900_000);

/** Numbers from 0 to 1 that a seed chooses. */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

test("some of twenty are killed while others merge: their places are freed, and a second try lands each once", async () => {
  const { world, tasks } = await worldOfTasks(many);
  const random = numbersOf(Number(process.env["SEED"] ?? 20260101));
  const first = await Promise.all(
    tasks.map(async (task, index) => {
      const { child, ended } = startMerge(world, task);
      if (index % 3 === 0) {
        // While it starts, waits, tests or publishes: the whole of it takes longer than that.
        await sleep(500 + random() * 20_000);
        child.kill("SIGKILL");
      }
      return { task, ...(await ended) };
    }),
  );
  const killed = first.filter(({ signal }) => signal === "SIGKILL").map(({ task }) => task);
  expect(killed.length).toBeGreaterThan(0);
  expect(first.filter(({ exitCode, task }) => exitCode !== 0 && !killed.includes(task))).toEqual([]);
  const again = await Promise.all(killed.map((task) => startMerge(world, task).ended));
  // One that had landed when it was killed was finished by others, who have nothing to tell of it any more.
  for (const { exitCode, out } of again)
    if (exitCode !== 0) expect([exitCode, out]).toEqual([4, expect.stringContaining('"wrong_phase"')]);
  expectAllLanded(world, tasks);
}, 900_000);

test("a merge that has its turn is stopped: others go before it, and it lands once it goes on", async () => {
  const { world, tasks } = await worldOfTasks(2);
  const pause = pausedTests(world);
  const stopped = startMerge(world, "SPEC-001", pause.script);
  await pause.reached();
  stopped.child.kill("SIGSTOP");
  expect((await startMerge(world, "SPEC-002").ended).exitCode).toBe(0);
  expect(mergeRecords(world)).toMatchObject({ merges: 1, e2e: 1 });
  pause.goOn();
  await sleep(500);
  expect(phaseOf(world, "SPEC-001")).toBe("INTEGRATE");
  stopped.child.kill("SIGCONT");
  expect((await stopped.ended).exitCode).toBe(0);
  expectAllLanded(world, tasks);
});

test("two processes merge one task, and the one that merges is killed: the other one merges it, once", async () => {
  const { world, tasks } = await worldOfTasks(1);
  const pause = pausedTests(world);
  const leader = startMerge(
    world,
    "SPEC-001",
    `[ -e "$RUNS.killed" ] || { : > "$RUNS.killed"; ${pause.script}; }`,
  );
  await pause.reached();
  const follower = startMerge(world, "SPEC-001");
  let told = "";
  follower.child.stderr?.on("data", (chunk: Buffer) => (told += chunk.toString()));
  await expect.poll(() => told, patience).toContain("merge of SPEC-001 by another process");
  leader.child.kill("SIGKILL");
  const { exitCode, out } = await follower.ended;
  expect([exitCode, out]).toEqual([0, expect.stringContaining('"joined":false')]);
  expectAllLanded(world, tasks);
});
