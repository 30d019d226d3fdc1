import { expect, test } from "vitest";
import { expectAllLanded, startMerge, worldOfTasks } from "../support/merging-at-once.ts";

// merges-at-once.test.ts does the same with twenty, and kills some of them.
test("four processes merge four tasks at once: all land, each once, and main is green at every commit", async () => {
  const { world, tasks } = await worldOfTasks(4);
  const ran = await Promise.all(tasks.map((task) => startMerge(world, task).ended));
  expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expectAllLanded(world, tasks);
});
