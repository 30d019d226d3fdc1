import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { calmTables } from "../../src/store/calm-tables.ts";
import { recordings } from "../../src/store/recorded-tables.ts";
import { change, query } from "../support/database.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { runCalm } from "../support/killing-git.ts";
import { gitThatFirst } from "../support/mergeable.ts";
import { must, mustByPerson, operate, refused } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const databaseOf = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

const task = "task create SPEC-1 One";

test("every table is recorded, or left out with a reason, whole", () => {
  const tables = calmTables();
  expect(Object.keys(recordings).sort()).toEqual(tables.map(({ name }) => name).sort());
});

test("undo goes back step by step, then says that nothing is left; evidence and signs of life are passed over", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "counter set merge_lock 1");
  await must(world, "counter set merge_lock 2");
  await must(world, "trust --yes");
  await must(world, "undo");
  for (const value of [1, 0]) {
    await must(world, "undo");
    expect((await must(world, "counter get merge_lock"))["value"]).toBe(value);
  }
  expect((await must(world, "undo"))["operation"]).toBe("task create");
  await refused(world, "undo", [4, "nothing_to_undo", /no operation/, "calm log"]);
  // A call is taken back as a whole, however much it wrote.
  const lines = Array.from(
    { length: 600 },
    (_, n) => `{"id":"SPEC-${n + 1}","title":"T","type":"feature"}\n`,
  );
  await must(world, "task import", { stdin: lines.join("") });
  await must(world, "undo");
  expect(query(databaseOf(world), "select id from tasks")).toEqual([]);
  expect((await must(world, "task create SPEC --next Again"))["id"]).toBe("SPEC-001");
});

test("what was changed since, by whatever, is not overwritten", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "counter set merge_lock 5");
  change(databaseOf(world), "update counters set value = 7 where name = 'merge_lock'");
  const since = await refused(world, "undo", [
    5,
    "changed_since",
    /counter merge_lock has changed \(value\)/,
    "calm log",
  ]);
  expect(since.details).toMatchObject({ operation: "counter set" });
  change(databaseOf(world), "update counters set value = 5 where name = 'merge_lock'");
  await must(world, "undo");
  await operate(world, "gate check SPEC-1");
  await refused(world, "undo", [5, "changed_since", /gate run 1 hangs on it/, "calm log"]);
});

test("nobody takes back what somebody else did; a person at a terminal does", async () => {
  const world = createWorld();
  await must(world, task);
  const one = String((await must(world, "worker start SPEC-1 backend"))["id"]);
  const other = String((await must(world, "worker start SPEC-1 qa"))["id"]);
  await must(world, "counter increment merge_lock", { env: { CALM_WORKER: one } });
  const theirs = [4, "not_your_operation", new RegExp(`worker:${one} made it`), "A person runs"] as const;
  await refused(world, "undo", theirs, { env: { CALM_WORKER: other } });
  await refused(world, "undo", theirs);
  await must(world, "undo", { env: { CALM_WORKER: one } });
  await must(world, "counter increment merge_lock", { env: { CALM_WORKER: one } });
  await mustByPerson(world, "undo", "undo");
  await must(world, "counter increment merge_lock", { tty: true });
  await refused(world, "undo", [4, "not_your_operation", /at a terminal/, "A person runs"]);
  await must(world, "undo", { tty: true });
  // The lead started the worker, who has been at work since.
  change(databaseOf(world), `update workers set heartbeat_at = '2027' where id = '${other}'`);
  await refused(world, "undo", [5, "changed_since", /worker .*\(heartbeat_at\)/, "calm log"]);
});

test("a removed worktree comes back with its files; a made one goes with its work kept; nobody loses the ground", async () => {
  const world = createWorld();
  await must(world, task);
  await must(world, "worktree create SPEC-1");
  const head = world.commit({ "src/x.js": "1\n" }, "work", world.worktree("SPEC-1"));
  world.write("src/x.js", "2\n", world.worktree("SPEC-1"));
  world.git(["add", "src/x.js"], world.worktree("SPEC-1"));
  world.write("src/x.js", "3\n", world.worktree("SPEC-1"));
  world.write("new.txt", "n\n", world.worktree("SPEC-1"));
  await must(world, "worktree remove SPEC-1 --force --yes");
  await must(world, "worktree restore SPEC-1");
  await must(world, "undo --yes");
  expect(world.git(["branch", "--list", "SPEC-1"])).toBe("");
  const first = "refs/calm/attic/SPEC-1/1";
  const commit = world.git(["rev-parse", first]);
  world.git(["update-ref", "-d", first]);
  await refused(world, "undo", [3, "attic_entry_not_found", /kept the worktree of SPEC-1/, "attic list"]);
  world.git(["update-ref", first, commit]);
  await must(world, "undo");
  const tree = world.worktree("SPEC-1");
  expect([world.git(["rev-parse", "HEAD"], tree), world.git(["show", ":src/x.js"], tree)]).toEqual([
    head,
    "2",
  ]);
  expect(world.git(["diff", "--name-only"], tree)).toBe("src/x.js");
  expect(existsSync(join(tree, "new.txt"))).toBe(true);
  await refused(world, "undo", [4, "directory_in_use", /inside/, "cd"], { cwd: tree });
  const aside = /SPEC-1, 2 uncommitted files and 1 commit are kept aside/;
  await refused(world, "undo", [4, "needs_yes", aside, "undo --yes"]);
  await must(world, "undo", { tty: true, typed: "y\n" });
  expect([existsSync(tree), world.git(["branch", "--list", "SPEC-1"])]).toEqual([false, ""]);
  const kept = world.git(["for-each-ref", "--format=%(refname)", "refs/calm/attic"]).split("\n").at(-1) ?? "";
  expect(world.git(["show", `${kept}:new.txt`])).toBe("n");
  // One that cannot come back is not on record, so that the way that is told leads on.
  world.git(["branch", "SPEC-1", "main"]);
  await must(world, "worktree create SPEC-1 --adopt");
  await must(world, "worktree remove SPEC-1");
  const env = gitThatFirst(world, "worktree add", `mkdir -p ${tree} && : > ${tree}/x`);
  const stuck = await world.calm(["undo"], { env });
  expect(stuck.out).toMatch(/worktree .* \(branch SPEC-1\): did not come back$/m);
  expect(stuck.err).toMatch(/by hand: calm worktree create SPEC-1 --adopt$/m);
  rmSync(tree, { recursive: true });
  await must(world, "worktree create SPEC-1 --adopt");
  await must(world, "worktree remove SPEC-1");
  // What no row tells of is not passed over either.
  world.git(["worktree", "add", "--quiet", "-b", "SPEC-1", tree, head]);
  await must(world, "worktree remove SPEC-1 --force --yes");
  await refused(world, "undo", [4, "beyond_undo", /removed worktree/, "calm worktree restore SPEC-1"]);
  world.git(["branch", "SPEC-1"]);
  await must(world, "worktree create SPEC-1 --adopt");
  await must(world, "undo");
  expect([existsSync(tree), world.git(["branch", "--list", "SPEC-1"])]).toEqual([false, "  SPEC-1"]);
  // Killed in the removal that is a part of it; test/faults/removal-within-killed.test.ts does so at every step.
  runCalm(world, "worktree create SPEC-1 --adopt");
  const fault = { by: "failpoint", at: "remove.moved", group: false } as const;
  expect((await runToItsEnd(world, ["undo"], fault)).killed).toBe(true);
  // Called again it is finished, and the operation before it is not taken back as well.
  const again = JSON.parse(runCalm(world, "undo --json").stdout) as { data: Record<string, unknown> };
  expect(again.data).toMatchObject({ operation: "worktree create", worktrees: [{ action: "remove" }] });
  expect(runCalm(world, "doctor --fix").status).toBe(0);
  expect(world.git(["worktree", "list"]).split("\n")).toHaveLength(1);
});

test("behind a restore undo does not go; it names the backup that helps", async () => {
  const world = createWorld();
  await must(world, "counter increment merge_lock");
  await must(world, "backup create one");
  await must(world, "backup restore one --yes");
  await refused(world, "undo", [4, "beyond_undo", /backup restore/, "calm backup restore before-restore_"]);
  await must(world, "counter increment merge_lock");
  await must(world, "undo");
  await refused(world, "undo", [4, "beyond_undo", /backup restore/, "calm backup restore before-restore_"]);
});
