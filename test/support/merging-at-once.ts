import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { query } from "./database.ts";
import { during, leftovers, mergeable, mergeRecords, mergeWorld } from "./mergeable.ts";
import { type Started, startCalm } from "./real-calm.ts";
import type { World } from "./world.ts";

/** A world with this many tasks, each ready to be merged. */
export async function worldOfTasks(
  count: number,
): Promise<{ readonly world: World; readonly tasks: readonly string[] }> {
  const world = await mergeWorld();
  const tasks = Array.from({ length: count }, (_, index) => `SPEC-${String(index + 1).padStart(3, "0")}`);
  for (const task of tasks) await mergeable(world, task);
  return { world, tasks };
}

/** Starts a real process that merges a task; what its tests do besides takes a moment unless it is said. */
export function startMerge(world: World, task: string, script = "sleep 0.2"): Started {
  const env = { ...world.env, ...during(world, script).env };
  return startCalm(["worktree", "merge", task, "--json"], { cwd: world.repository, env });
}

/** Each task has landed exactly once, is counted once, and nothing is left; main was seen to pass at every commit. */
export function expectAllLanded(world: World, tasks: readonly string[]): void {
  const commits = world.git(["rev-list", "--first-parent", "--reverse", "main"]).split("\n").slice(1);
  const trailers = "%(trailers:key=Calm-Task,valueonly,separator=)";
  const landed = world.git(["log", "--first-parent", `--format=${trailers}`, "main"]).split("\n");
  expect(landed.filter((task) => task !== "").sort()).toEqual(tasks);
  expect(commits).toHaveLength(tasks.length);
  expect(mergeRecords(world)).toEqual({
    ...{ merges: tasks.length, open: [], e2e: tasks.length, docs: tasks.length },
  });
  expect(leftovers(world)).toEqual([]);
  expect(world.git(["status", "--porcelain"])).toBe("");
  expect(world.git(["branch", "--format=%(refname:short)"])).toBe("main");
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  expect(query(database, "select * from merge_queue")).toEqual([]);
  const phases = query<{ phase: string }>(database, "select distinct phase from tasks");
  expect(phases).toEqual([{ phase: "VERIFY" }]);
  for (const commit of commits) {
    expectSeenToPass(world, database, commit);
    expectGreen(world, commit);
  }
}

/** A finished gate run in a clean room, of exactly this commit. */
function expectSeenToPass(world: World, database: string, commit: string): void {
  const run = world.git(["log", "-1", "--format=%(trailers:key=Calm-Gate-Run,valueonly,separator=)", commit]);
  const sql = "select commit_sha, tree, state, verdict from gate_runs where id = ?";
  expect(query(database, sql, Number(run)), commit).toEqual([
    {
      ...{ commit_sha: commit, tree: world.git(["rev-parse", `${commit}^{tree}`]) },
      ...{ state: "finished", verdict: "pass" },
    },
  ]);
}

/** The project's own check, run by hand on what the commit holds. */
function expectGreen(world: World, commit: string): void {
  const folder = join(world.folder, "look", commit);
  mkdirSync(folder, { recursive: true });
  const unpack = `git -C '${world.repository}' archive ${commit} | tar -x && RUNS=/dev/null DURING= sh ./check.sh`;
  execFileSync("sh", ["-c", unpack], { cwd: folder, env: world.env, stdio: "pipe" });
}
