import { join } from "node:path";
import { expect } from "vitest";
import { query } from "./database.ts";
import { leftovers, mergeable, mergeRecords, mergeWorld } from "./mergeable.ts";
import { must } from "./operate.ts";
import type { World } from "./world.ts";

/** The tasks in the queue with what is said of each. */
export async function queueOf(world: World): Promise<unknown[][]> {
  const { merges } = await must(world, "worktree queue");
  return (merges as { task: string; state: string; ahead: { task: string; why: string }[] }[]).map(
    ({ task, state, ahead }) => [task, state, ...ahead.map((one) => `${one.task} ${one.why}`)],
  );
}

/** The rows of the queue. */
export function placesOf(world: World): unknown[] {
  return query(join(world.env["CALM_HOME"] ?? "", "metadata.db"), "select * from merge_queue");
}

/** A world with two tasks, each ready to be merged. */
export async function twoTasks(): Promise<World> {
  const world = await mergeWorld();
  for (const task of ["SPEC-001", "SPEC-002"]) await mergeable(world, task);
  return world;
}

/** What must be when both tasks have landed, however that came. */
export function expectBothLanded(world: World): void {
  expect(mergeRecords(world)).toEqual({ merges: 2, open: [], e2e: 2, docs: 2 });
  expect(world.git(["rev-list", "--count", "--first-parent", "main"])).toBe("3");
  expect(placesOf(world)).toEqual([]);
  expect(leftovers(world)).toEqual([]);
}
