import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, whileWritten } from "../support/database.ts";
import { during, mergeable, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate } from "../support/operate.ts";
import type { World } from "../support/world.ts";

/** Pairs of tasks and the files that both change, as `status` remembers them. */
async function remembered(world: World): Promise<string[]> {
  const overlaps = (await must(world, "status"))["overlaps"] as { tasks: string[]; files: string[] }[];
  return overlaps.map(({ tasks, files }) => [tasks.join("+"), ...files].join(" "));
}

/** A PATH whose git writes down how it was called, and what it wrote so far. */
function listenToGit(world: World) {
  const [folder, log] = [join(world.folder, "listening"), join(world.folder, "calls")];
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  mkdirSync(folder);
  writeFileSync(join(folder, "git"), `#!/bin/sh\necho "$*" >> '${log}'\nexec ${git} "$@"\n`);
  chmodSync(join(folder, "git"), 0o755);
  return {
    path: `${folder}:${process.env["PATH"] ?? ""}`,
    calls: () => readFileSync(log, "utf8").split("\n"),
  };
}

test("status tells of overlaps where nobody but gates and new worktrees has looked at work", async () => {
  const world = await mergeWorld();
  await mergeable(world, "ONE", { "src/a": "mine\n" });
  await mergeable(world, "TWO", { "src/a": "mine, too\n", "src/b": "mine\n" });
  for (const task of ["ONE", "TWO"]) putIntoPhase(world, task, "IMPLEMENT");
  const { path, calls } = listenToGit(world);
  const check = (task: string) =>
    operate(world, `gate check ${task}`, { env: { ...during(world).env, PATH: path } });
  expect((await check("ONE")).warnings).toEqual([]);
  // Asked for by the check of code, and not once more.
  expect(calls().filter((call) => /diff-tree.* --raw /.test(call))).toHaveLength(1);
  expect(await remembered(world)).toEqual([]);
  await check("TWO");
  expect(await remembered(world)).toEqual(["ONE+TWO src/a"]);

  world.write("src/b", "edited\n", world.worktree("ONE"));
  await must(world, ["task", "create", "NEXT", "Title", "--touches", "src/c"]);
  await must(world, "worktree create NEXT --check-overlaps");
  expect(await remembered(world)).toEqual(["ONE+TWO src/a src/b"]);
});

test("a look at worktrees does not wait for whoever writes; the next one is remembered", async () => {
  const world = await mergeWorld();
  for (const task of ["ONE", "TWO"]) await mergeable(world, task, { "src/a": "mine\n" });
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  for (const look of ["worktree list", "worktree overlaps"]) {
    change(database, "delete from changed_files");
    const started = Date.now();
    const { warnings } = await whileWritten(database, () => operate(world, look));
    expect(Date.now() - started).toBeLessThan(20_000);
    expect([warnings, await remembered(world)]).toEqual([[], []]);
    await must(world, look);
    expect(await remembered(world)).toEqual(["ONE+TWO src/a"]);
  }
});
