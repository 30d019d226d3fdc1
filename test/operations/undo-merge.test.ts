import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { databaseOf } from "../support/backups.ts";
import { change } from "../support/database.ts";
import {
  during,
  everything,
  leftovers,
  mergeable,
  mergeRecords,
  mergeWorld,
  pausedTests,
  putIntoPhase,
} from "../support/mergeable.ts";
import { must, operate, phaseOf, refused } from "../support/operate.ts";

test("a merge that nobody has is taken back: branch, checkout, worktree, phase and counters are as before", async () => {
  const world = await mergeWorld();
  const head = await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n", "src/new": "n\n" });
  world.write("README.md", "edited\n");
  world.write("mine", "untracked\n");
  const [before, records] = [everything(world), mergeRecords(world)];
  await must(world, "worktree merge SPEC-001", during(world));
  expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
  const planned = await must(world, "undo --dry-run");
  expect(planned["branch"]).toMatchObject({ name: "main", how: "move_back", because: null });
  expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
  await refused(world, "undo", [4, "needs_yes", /SPEC-001\? main moves back to /, "undo --yes"]);
  const undone = await must(world, "undo --yes", during(world));
  expect(undone["worktrees"]).toMatchObject([{ task: "SPEC-001", action: "bring_back" }]);
  expect(everything(world)).toEqual(before);
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world), leftovers(world)]).toEqual([
    "INTEGRATE",
    records,
    [],
  ]);
  expect(world.git(["rev-parse", "HEAD"], world.worktree("SPEC-001"))).toBe(head);
  expect((await must(world, "doctor"))["passed"]).toBe(true);
  await must(world, "worktree merge SPEC-001", during(world));
  expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
  // A file that the way back would overwrite is a person's: nothing moves.
  writeFileSync(join(world.repository, "src/new"), "edited\n");
  await refused(world, "undo --yes", [
    4,
    "checkout_in_the_way",
    /in the way of the undo: src\/new/,
    "status",
  ]);
  expect([phaseOf(world, "SPEC-001"), leftovers(world)]).toEqual(["VERIFY", []]);
  world.git(["checkout", "src/new"]);
  await must(world, "counter set merge_lock 1");
  expect((await must(world, "undo"))["operation"]).toBe("counter set");
  await must(world, "undo --yes");
  expect(everything(world)).toEqual(before);
  // The worktree stays because somebody is in it; then nothing but the merge holds the work.
  await must(world, "worktree merge SPEC-001", { ...during(world), cwd: world.worktree("SPEC-001") });
  world.git(["worktree", "remove", world.worktree("SPEC-001")]);
  world.git(["branch", "--delete", "SPEC-001"]);
  const { warnings } = await operate(world, "undo --yes");
  expect(warnings).toEqual([
    expect.stringMatching(/kept as refs.*Bring it back: calm worktree restore SPEC-001/),
  ]);
  await must(world, "worktree remove SPEC-001");
  await must(world, "worktree restore SPEC-001");
  expect(world.git(["rev-parse", "SPEC-001"])).toBe(head);
});

test("where main has moved on, a merge is reverted through its gate, and its branch can be merged again", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n" });
  await must(world, "worktree merge SPEC-001", during(world));
  world.commit({ "src/other": "o\n", "assert/needs": "test -e src/SPEC-1 || true\n" }, "Somebody's work");
  const tip = world.git(["rev-parse", "main"]);
  expect((await must(world, "undo --dry-run"))["branch"]).toMatchObject({
    ...{ how: "revert", because: "main has moved on", to: null },
  });
  const red = await operate(world, "undo --yes", during(world, "! grep -q two src/a || grep -q four src/a"));
  expect([red.exitCode, red.data["passed"], world.git(["rev-parse", "main"])]).toEqual([1, false, tip]);
  expect([phaseOf(world, "SPEC-001"), leftovers(world)]).toEqual(["VERIFY", []]);
  // What else is done while it is checked does not end it.
  const paused = pausedTests(world);
  const undoing = must(world, "undo --yes", during(world, paused.script));
  await paused.reached();
  await must(world, "counter add mine");
  paused.goOn();
  const undone = await undoing;
  expect(undone["branch"]).toMatchObject({ how: "revert", to: world.git(["rev-parse", "main"]) });
  expect(readFileSync(join(world.repository, "src/a"), "utf8")).toBe("one\ntwo\nthree\n");
  expect(existsSync(join(world.repository, "src/other"))).toBe(true);
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world).merges, leftovers(world)]).toEqual([
    "INTEGRATE",
    0,
    [],
  ]);
  expect(world.git(["status", "--porcelain"])).toBe("");
  expect((await must(world, "doctor"))["passed"]).toBe(true);
  // Where its branch still stands, somebody may be at work on it, who is told the way.
  const tree = world.worktree("SPEC-001");
  await must(world, "worktree merge SPEC-001", { ...during(world), cwd: tree });
  expect(readFileSync(join(world.repository, "src/a"), "utf8")).toContain("four");
  world.commit({ "src/other": "p\n" }, "Somebody's work");
  const { warnings } = await operate(world, "undo --yes", during(world));
  const way = /: git (-C \S+ merge --ff-only \S+)$/.exec(warnings.join(""))?.[1] ?? "";
  world.git(way.split(" "));
  await must(world, "backup create one");
  await must(world, "worktree merge SPEC-001", during(world));
  expect(readFileSync(join(world.repository, "src/a"), "utf8")).toContain("four");
  // A merge that is found again and recorded is nobody's to take back.
  await must(world, "backup restore one --yes");
  expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
  await refused(world, "undo", [4, "beyond_undo", /backup restore/, "calm backup restore before-restore_"]);
});

test("a merge that a remote has is reverted; where others changed the same, it conflicts and nothing changes", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n" });
  world.git(["init", "--quiet", "--bare", join(world.folder, "remote")]);
  world.git(["remote", "add", "origin", join(world.folder, "remote")]);
  await must(world, "worktree merge SPEC-001", during(world));
  world.git(["push", "--quiet", "--set-upstream", "origin", "main"]);
  const pushed = world.git(["rev-parse", "main"]);
  // Who has it is not known of an answer that was lost.
  const [deaf, real] = [join(world.folder, "deaf"), world.env["PATH"] ?? ""];
  mkdirSync(deaf);
  const shim = `#!/bin/sh\nPATH=${real}\ncase "$*" in *--contains=*) exec git "$@" >/dev/null;; esac\nexec git "$@"\n`;
  writeFileSync(join(deaf, "git"), shim, { mode: 0o755 });
  const lost = await operate(world, "undo --dry-run", { env: { PATH: `${deaf}:${real}` } });
  expect(lost.error).toMatchObject({ code: "git_failed", message: "git for-each-ref: no answer" });
  // What is known here of the remote may be older than a push that nobody confirmed.
  const forget = (): string => world.git(["update-ref", "refs/remotes/origin/main", "main^"]);
  forget();
  expect((await must(world, "undo --dry-run"))["branch"]).toMatchObject({ because: "origin/main has it" });
  forget();
  renameSync(join(world.folder, "remote"), join(world.folder, "away"));
  expect((await must(world, "undo --dry-run"))["branch"]).toMatchObject({ how: "move_back" });
  change(
    databaseOf(world),
    "update events set data = json_set(data, '$.push', json('true')) where data ->> '$.kind' = 'merge'",
  );
  expect((await must(world, "undo --dry-run"))["branch"]).toMatchObject({ because: "origin may have it" });
  renameSync(join(world.folder, "away"), join(world.folder, "remote"));
  world.git(["fetch", "--quiet"]);
  world.commit({ "src/a": "one\ntwo\nthree\nFOUR\n" }, "Changed again");
  const error = await refused(world, "undo --yes", [5, "merge_conflict", /src\/a/, "git revert -m 1"]);
  expect(error.details).toMatchObject({ files: ["src/a"] });
  world.git(["reset", "--quiet", "--hard", pushed]);
  const { warnings } = await operate(world, "undo --yes", during(world));
  expect(warnings).toEqual([
    expect.stringMatching(/^origin does not have the revert yet. Push it: git push/),
  ]);
  expect(world.git(["rev-parse", "main^"])).toBe(pushed);
  expect(world.git(["show", "main:src/a"])).toBe("one\ntwo\nthree");
});

test("a backup from between a merge and its undo does not bring the record back without the code", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001", { "src/a": "one\ntwo\nthree\nfour\n" });
  for (const how of ["move_back", "revert"]) {
    await must(world, "worktree merge SPEC-001", during(world));
    await must(world, `backup create ${how}`);
    if (how === "revert") world.commit({ "src/other": "o\n" }, "Somebody's work");
    expect((await must(world, "undo --yes", during(world)))["branch"]).toMatchObject({ how });
    // What has landed again since then is another merge, and stays.
    if (how === "revert") await must(world, "worktree merge SPEC-001", during(world));
    const [phase, records] = [phaseOf(world, "SPEC-001"), mergeRecords(world)];
    const restored = await must(world, `backup restore ${how} --yes`);
    expect(restored["projects"], how).toMatchObject([{ taken_back: [{ task: "SPEC-001" }] }]);
    expect([phaseOf(world, "SPEC-001"), mergeRecords(world)], how).toEqual([phase, records]);
    expect((await must(world, "doctor"))["passed"], how).toBe(true);
  }
  // Also where the database is lost with its journal: the revert says so itself.
  for (const end of ["", "-wal", "-shm"]) rmSync(`${databaseOf(world)}${end}`, { force: true });
  const anew = await must(world, "backup restore revert --yes");
  expect(anew["projects"]).toMatchObject([{ taken_back: [{ task: "SPEC-001" }], merges: [{}] }]);
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world).merges]).toEqual(["VERIFY", 1]);
});

test("doctor notices a merge on record that was undone, and takes it off again", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  await must(world, "worktree merge SPEC-001", during(world));
  change(databaseOf(world), "create table kept as select * from merges");
  await must(world, "undo --yes", during(world));
  const records = mergeRecords(world);
  change(
    databaseOf(world),
    "insert into merges select * from kept; update tasks set phase = 'VERIFY'; update counters set value = 1 where name like 'merges%'",
  );
  const { exitCode, out } = await world.calm(["doctor"]);
  expect([exitCode, out]).toEqual([1, expect.stringMatching(/the merge of SPEC-001 .*was undone/)]);
  await must(world, "doctor --fix");
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world)]).toEqual(["INTEGRATE", records]);
  // What has landed again since then stays where it is.
  await must(world, "worktree merge SPEC-001", during(world));
  const again = mergeRecords(world);
  change(
    databaseOf(world),
    "insert into merges select * from kept; update counters set value = value + 1 where name like 'merges%'",
  );
  await must(world, "doctor --fix");
  expect([phaseOf(world, "SPEC-001"), mergeRecords(world)]).toEqual(["VERIFY", again]);
});

test("a worktree of somebody's that is gone when its merge is taken back is told, and not on record", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-001 Title");
  const mine = join(world.folder, "mine");
  world.git(["worktree", "add", "--quiet", "-b", "SPEC-001", mine]);
  await must(world, "worktree create SPEC-001 --adopt");
  const head = world.commit({ "src/new": "n\n", "changelog.d/SPEC-001.md": "x\n" }, "work", mine);
  putIntoPhase(world, "SPEC-001", "INTEGRATE");
  await must(world, "worktree merge SPEC-001", during(world));
  world.git(["worktree", "remove", "--force", mine]);
  world.git(["branch", "--delete", "SPEC-001"]);
  const { data, warnings } = await operate(world, "undo --yes", during(world));
  expect(data["worktrees"]).toMatchObject([{ action: "take_over", done: false }]);
  expect(warnings[0]).toMatch(/mine was not taken over again for SPEC-001: its folder is gone/);
  expect(await must(world, "worktree restore SPEC-001")).toMatchObject({ head });
  expect((await must(world, "worktree health"))["passed"]).toBe(true);
});
