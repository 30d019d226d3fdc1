import { existsSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { backupOf, databaseOf, inconsistencies, namesInBackups } from "../support/backups.ts";
import { dump, query } from "../support/database.ts";
import { keepWorld, killCalmAfter, runCalm } from "../support/killing-git.ts";
import { during, mergeable, mergeRecords, mergeWorld, pausedTests } from "../support/mergeable.ts";
import { must, operate, phaseOf } from "../support/operate.ts";
import { program, realCalm, start, startCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const kills = Number(process.env["CALM_TEST_RANDOM_KILLS"] ?? 3);

/** A world with a backup of two increments and a database of four, big enough that copying takes a while. */
async function makeStates(): Promise<{ readonly world: World; readonly restore: () => void }> {
  const world = createWorld();
  await must(world, "counter add ticks");
  for (let task = 1; task <= 6; task++)
    await must(world, ["task", "create", `SPEC-${task}`, "One", "--notes", "n".repeat(60_000)]);
  for (let tick = 0; tick < 2; tick++) await must(world, "counter increment ticks");
  await must(world, "backup create two");
  for (let tick = 0; tick < 2; tick++) await must(world, "counter increment ticks");
  return { world, restore: keepWorld(world) };
}

const states = makeStates();

function ticks(path: string): number | undefined {
  return query<{ value: number }>(path, "select value from counters where name = 'ticks'")[0]?.value;
}

/** Times after the start of a command, spread over the part in which it works. */
function moments(span: number): number[] {
  return Array.from({ length: kills }, (_, index) => Math.round((span * (index + 1)) / (kills + 1)));
}

test("a killed `backup create` leaves a whole backup or none, and never stands in the way of the next", async () => {
  const { world, restore } = await states;
  restore();
  const started = Date.now();
  await realCalm(["backup", "create", "three"], { cwd: world.repository, env: world.env });
  for (const moment of moments(Date.now() - started)) {
    restore();
    await killCalmAfter(world, "backup create three", moment, false);
    if (existsSync(backupOf(world, "three"))) expect(inconsistencies(backupOf(world, "three"))).toEqual([]);
    const { backups } = (await must(world, "backup list")) as { backups: { state: string }[] };
    expect(backups.every(({ state }) => state === "good")).toBe(true);
    await must(world, "backup create again");
  }
}, 600_000);

test("a killed `backup restore` leaves the state before or the one after, and the same command finishes", async () => {
  const { world, restore } = await states;
  restore();
  const line = "backup restore two --yes";
  const started = Date.now();
  await realCalm(line.split(" "), { cwd: world.repository, env: world.env });
  for (const moment of moments(Date.now() - started)) {
    restore();
    await killCalmAfter(world, line, moment, false);
    expect(inconsistencies(databaseOf(world))).toEqual([]);
    expect([2, 4]).toContain(ticks(databaseOf(world)));
    for (const name of namesInBackups(world).filter((one) => one.startsWith("before-"))) {
      expect(inconsistencies(backupOf(world, name.replace(/\.db$/, "")))).toEqual([]);
    }
    expect(await must(world, line)).toMatchObject({ projects: [{ reconciled: true }] });
    expect([ticks(databaseOf(world)), inconsistencies(databaseOf(world))]).toEqual([2, []]);
    expect(query(databaseOf(world), "select id from journal where ended_at is null")).toEqual([]);
  }
}, 600_000);

test("a full disk: a clear error, the database as it was, no debris", async () => {
  const { world, restore } = await states;
  restore();
  const before = [dump(databaseOf(world)), namesInBackups(world)];
  // Room for nothing of that size, in blocks of 1024 bytes.
  const limited = (line: string) =>
    start(["bash", "-c", `ulimit -f 100; exec ${process.execPath} ${program} --json ${line}`], {
      cwd: world.repository,
      env: world.env,
    }).ended;
  for (const line of ["backup create three", "backup auto", "backup restore two --yes"]) {
    const ran = await limited(line);
    expect([ran.exitCode, ran.err], ran.out).toEqual([8, ""]);
    expect(JSON.parse(ran.out)).toMatchObject({ ok: false, error: { hint: /space/ } });
    expect([dump(databaseOf(world)), namesInBackups(world)]).toEqual(before);
  }
}, 60_000);

/** What git can tell of the recorded merges. */
function factsOfMerges(world: World): unknown[] {
  const sql = "select id, task_id, commit_sha, tree, head_sha, old_sha, gate_run_id from merges order by id";
  return query(databaseOf(world), sql);
}

test("merges that landed after the backup are recorded again, once: after a kill, a disaster, a second time", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  await must(world, "worktree merge SPEC-001 --yes", during(world));
  await mergeable(world, "SPEC-002");
  await must(world, "task create SPEC-009 Other");
  await must(world, "worktree create SPEC-009");
  // A process of its own has another host's name than the world in this one.
  expect(runCalm(world, "init").status).toBe(0);
  await must(world, "backup create then");
  await must(world, "worktree merge SPEC-002 --yes", during(world));
  await mergeable(world, "SPEC-003");
  await must(world, "worktree merge SPEC-003 --yes", during(world));
  const landed = factsOfMerges(world);
  const agrees = (told: string): void => {
    expect(mergeRecords(world), told).toEqual({ merges: 3, open: [], e2e: 3, docs: 3 });
    expect(factsOfMerges(world), told).toEqual(landed);
    expect(phaseOf(world, "SPEC-002"), told).toBe("VERIFY");
    const rows = query(databaseOf(world), "select task_id from worktrees where task_id = 'SPEC-002'");
    expect(rows, told).toEqual([]);
  };

  // The first git that a restore starts looks for merges: the rows are turned back by then.
  expect(runCalm(world, "backup restore then --yes", { call: 1, moment: "before" }).signal).toBe("SIGKILL");
  expect(mergeRecords(world)).toMatchObject({
    merges: 1,
    open: [expect.stringContaining("reconcile")],
    e2e: 1,
  });
  const health = await operate(world, "status health");
  // To the test's own clock and host, the real process was one of another machine.
  expect(JSON.stringify(health.data)).toContain("a backup restore has not ended on");
  await must(world, "task create SPEC-010 Next");
  expect(runCalm(world, "worktree create SPEC-010").status).toBe(0);
  agrees("the next command that takes the lock");

  rmSync(world.worktree("SPEC-009"), { recursive: true });
  for (const disaster of [false, true]) {
    if (disaster) rmSync(databaseOf(world));
    const done = await must(world, "backup restore then --yes");
    expect(done["projects"]).toMatchObject([
      {
        reconciled: true,
        gone: [{ task: "SPEC-009" }],
        merges: [
          { task: "SPEC-002", known: true },
          { task: "SPEC-003", known: false },
        ],
      },
    ]);
    agrees(disaster ? "disaster" : "again");
  }
  // The command that the answer names for it.
  await must(world, "worktree remove SPEC-009 --force --yes");
});

test("a restore waits for nobody's merge: while a living process has one under way it is refused", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-009 Other");
  await must(world, "backup create then");
  await mergeable(world, "SPEC-001");
  const tests = pausedTests(world);
  const { env } = during(world, tests.script);
  const merge = startCalm(["worktree", "merge", "SPEC-001", "--yes"], {
    cwd: world.repository,
    env: { ...world.env, ...env },
  });
  await tests.reached();
  const ran = await realCalm(["--json", "backup", "restore", "then", "--yes"], {
    cwd: world.repository,
    env: world.env,
  });
  tests.goOn();
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "busy", retryable: true } });
  expect(ran.out).toContain("calm worktree merge SPEC-001 is under way");
  expect(namesInBackups(world)).toEqual(["then.db"]);
  expect(await merge.ended).toMatchObject({ exitCode: 0 });
  expect(phaseOf(world, "SPEC-001")).toBe("VERIFY");
  await must(world, "backup restore then --yes");
  expect(mergeRecords(world)).toMatchObject({ merges: 1, open: [] });
});
