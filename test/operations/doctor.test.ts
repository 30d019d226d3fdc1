import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import { gitCalls, runCalm } from "../support/killing-git.ts";
import { mergeable, mergeWorld } from "../support/mergeable.ts";
import { must, operate } from "../support/operate.ts";
import { createWorld, type RunOptions, type World } from "../support/world.ts";

const database = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

interface Examined {
  readonly exitCode: number;
  /** Check → messages of what was found. */
  readonly found: Readonly<Record<string, readonly string[]>>;
  readonly plan: readonly string[];
  readonly commands: readonly string[];
}

async function examine(world: World, line = "doctor", options: RunOptions = {}): Promise<Examined> {
  const { data, exitCode } = await operate(world, line, options);
  const checks = data["checks"] as { check: string; findings: { message: string; command: string }[] }[];
  const sick = checks.filter(({ findings }) => findings.length > 0);
  return {
    exitCode,
    found: Object.fromEntries(sick.map(({ check, findings }) => [check, findings.map((one) => one.message)])),
    plan: data["plan"] as string[],
    commands: sick.flatMap(({ findings }) => findings.map((one) => one.command)),
  };
}

/** The database's file with all that was written in it, and nothing in its log. */
function checkpointed(world: World): string {
  change(database(world), "pragma wal_checkpoint(truncate)");
  return database(world);
}

test("D12: rights, strays and dead runs: shown, planned, put right once, and then all is well", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-1 Title");
  await must(world, "trust --yes");
  const path = database(world);
  const [old, young] = [`${path}.new-old`, `${path}.new-young`];
  for (const stray of [old, young]) writeFileSync(stray, "", { mode: 0o600 });
  const [forgotten, atWork] = [join(tmpdir(), "calm-git-forgotten"), join(tmpdir(), "calm-git-at-work")];
  for (const folder of [forgotten, atWork]) mkdirSync(join(folder, "objects"), { recursive: true });
  for (const late of [old, forgotten]) utimesSync(late, 0, 0);
  for (const early of [young, atWork]) utimesSync(early, 4e9, 4e9);
  chmodSync(path, 0o644);
  const project = ((await must(world, "status"))["project"] as { id: string }).id;
  const run = (id: number, host: string): string =>
    `insert into gate_runs values ('${project}', ${id}, 'SPEC-1', 'SPEC-DESIGN', 'running', null, null, 'a', 'a', 'a', 'a', 'a',
      'user:ann', 'cli', '${host}', 999999, 'long ago', '2026-01-01T00:00:00.000Z', null, null);`;
  change(path, run(1, "here") + run(2, "elsewhere"));

  const dry = await examine(world, "doctor --fix --dry-run");
  expect(dry.exitCode).toBe(1);
  expect(Object.keys(dry.found)).toEqual(["permissions", "stray files", "gate runs"]);
  expect(dry.plan).toEqual([
    `take other users' rights from ${path}`,
    `remove ${old}`,
    `remove ${forgotten}`,
    "mark run 1 as interrupted",
  ]);
  expect([existsSync(old), statSync(path).mode & 0o777]).toEqual([true, 0o644]);

  expect(await examine(world, "doctor --fix")).toMatchObject({ exitCode: 0, found: {} });
  expect([old, young, forgotten, atWork].map(existsSync)).toEqual([false, true, false, true]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(query(path, "select id, state, verdict from gate_runs order by id")).toEqual([
    { id: 1, state: "interrupted", verdict: "fail" },
    { id: 2, state: "running", verdict: null },
  ]);
  expect(await examine(world, "doctor --fix")).toMatchObject({ exitCode: 0, plan: [] });
});

test("an operation that was killed is found by status and finished or taken back by doctor --fix", async () => {
  const world = await mergeWorld();
  for (const id of ["SPEC-0", "SPEC-1", "SPEC-2"]) await must(world, `task create ${id} Title`);
  // The first one reads the configuration, which the others know.
  for (const id of ["SPEC-0", "SPEC-2"]) expect(runCalm(world, `worktree create ${id}`).status).toBe(0);
  const last = gitCalls(world);
  expect(runCalm(world, "worktree create SPEC-1", { call: last, moment: "before" }).signal).toBe("SIGKILL");
  // The other process had the machine's own name, not this world's.
  change(database(world), "update journal set host = 'here'");
  const { issues } = (await operate(world, "status health")).data as { issues: { command: string }[] };
  expect(issues[0]?.command).toBe("calm doctor --fix");
  const sick = await examine(world);
  expect(sick.found["operations"]?.[0]).toContain("an interrupted worktree create of SPEC-1");
  expect((await examine(world, "doctor --fix")).exitCode).toBe(0);
  expect(world.git(["worktree", "list"])).not.toContain("SPEC-1");
  expect((await must(world, "worktree create SPEC-1"))["branch"]).toBe("SPEC-1");
});

test("what git, the disk and the database say of worktrees is compared", async () => {
  const world = await mergeWorld();
  for (const id of ["SPEC-1", "SPEC-2"]) {
    await must(world, `task create ${id} Title`);
    await must(world, `worktree create ${id}`);
  }
  await must(world, "task create SPEC-3 Title");
  world.git(["checkout", "--quiet", "--detach"], world.worktree("SPEC-1"));
  writeFileSync(join(world.worktree("SPEC-2"), ".git"), "gitdir: /nowhere\n");
  world.git(["worktree", "add", "--quiet", "-b", "SPEC-3", world.worktree("SPEC-3")]);
  mkdirSync(join(world.repository, ".worktrees", "junk"));
  const { found, commands } = await examine(world);
  expect(found["worktrees"]).toEqual([
    "the worktree of SPEC-1 is on no branch instead of its own branch",
    expect.stringContaining("the worktree of SPEC-2 no longer leads into this repository"),
    expect.stringContaining("SPEC-3, on SPEC-3, is a worktree that the database does not know"),
    expect.stringContaining("junk is no worktree"),
  ]);
  for (const command of commands.filter((one) => one.startsWith("git "))) {
    world.git(command.slice("git ".length).split(" "));
  }
  await must(world, "worktree create SPEC-3 --adopt");
  expect((await examine(world)).found).toEqual({
    worktrees: [expect.stringContaining("junk is no worktree")],
  });
});

test("D4, D6: merges that git has and calm has forgotten, the other way round, and one with a flipped byte", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-1");
  const before = world.git(["rev-parse", "main"]);
  await must(world, "worktree merge SPEC-1 --skip-sync");
  const [merge] = (await must(world, "status merges"))["merges"] as { task: string; commit_sha: string }[];
  expect(merge).toMatchObject({ task: "SPEC-1", commit_sha: world.git(["rev-parse", "main"]) });
  expect(await examine(world)).toMatchObject({ exitCode: 0, found: {} });

  const merged = world.git(["rev-parse", "main"]);
  const whole = readFileSync(checkpointed(world));
  const spoiled = Buffer.from(whole);
  // Ids lie one behind the other in a row: head, commit, tree.
  const at = whole.indexOf(`${world.git(["rev-parse", "main^2"])}${merged}`) + merged.length;
  spoiled[at] = merged.startsWith("0") ? 0x31 : 0x30;
  writeFileSync(database(world), spoiled);
  const { exitCode, found } = await examine(world);
  expect([exitCode, Object.keys(found)]).toEqual([0, ["merges"]]);
  expect(found["merges"]?.[0]).toContain(`as ${merged.slice(0, 7)}; calm remembers`);
  writeFileSync(checkpointed(world), whole);

  world.git(["reset", "--quiet", "--hard", before]);
  expect((await examine(world)).found["merges"]?.[0]).toContain("main no longer has the merge of SPEC-1");
  world.git(["reset", "--quiet", "--hard", merged]);
  // D4: the database has lost its last transactions, and does not know it; the commits' trailers do.
  change(
    database(world),
    "delete from merges; delete from phase_transitions; update tasks set phase = 'INTEGRATE'",
  );
  const lost = await examine(world);
  expect(lost.found["merges"]?.[0]).toMatch(/a merge of SPEC-1 .* it is in INTEGRATE/);
  expect(lost.plan).toEqual([expect.stringMatching(/^record the merge \w+ of SPEC-1 again/)]);
  expect(await examine(world, "doctor --fix")).toMatchObject({ exitCode: 0, found: {} });
  const again = (await must(world, "status merges"))["merges"] as { commit_sha: string }[];
  expect(again.map((one) => one.commit_sha)).toEqual([merged]);
  expect((await must(world, "task show SPEC-1"))["phase"]).toBe("VERIFY");
  expect(await examine(world, "doctor --fix")).toMatchObject({ exitCode: 0, plan: [] });
  // A forged merge names a passed run, but of another tree, or none, but brings code: its word moves no task.
  await must(world, "task create SPEC-2 Title");
  const [{ gate_run_id: run }] = query<{ gate_run_id: number }>(
    database(world),
    "select gate_run_id from merges",
  ) as [{ gate_run_id: number }];
  for (const [id, trailer] of [
    ["x", `\nCalm-Gate-Run: ${run}`],
    ["y", ""],
  ] as const) {
    world.git(["checkout", "--quiet", "-b", id]);
    world.commit({ [`src/forged-${id}`]: "red\n" }, "forged");
    world.git(["checkout", "--quiet", "main"]);
    const words = `Merge task SPEC-2: Title\n\nCalm-Task: SPEC-2\nCalm-Op: OP-forged${id}${trailer}`;
    world.git(["merge", "--quiet", "--no-ff", "-m", words, id]);
  }
  const forged = await examine(world, "doctor --fix");
  expect([forged.exitCode, forged.plan, forged.found]).toEqual([
    1,
    [],
    {
      merges: ["x", "y"].map(
        (id) =>
          expect.stringMatching(
            new RegExp(`of SPEC-2 \\(OP-forged${id}\\), which .* is in SPEC; no passed gate bears it out`),
          ) as string,
      ),
      history: [expect.stringMatching(/^calm did not see pass on main: \w+ Merge task SPEC-2/)],
    },
  ]);
  expect(forged.commands).toContain(
    `git -C ${world.repository} show ${world.git(["rev-parse", "main"]).slice(0, 7)}`,
  );
  expect((await must(world, "task show SPEC-2"))["phase"]).toBe("SPEC");
  world.git(["reset", "--quiet", "--hard", merged]);
  // Another home's merge of a task that this one does not know is only counted.
  change(database(world), "delete from tasks");
  expect(await examine(world)).toMatchObject({ exitCode: 0, found: {} });
});

test("commits that calm did not see pass, its own refs and its workers are held against its records", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-1");
  world.commit({ before: "calm's first merge is not calm's business\n" }, "long ago");
  await must(world, "worktree merge SPEC-1 --skip-sync");
  expect(await examine(world)).toMatchObject({ exitCode: 0, found: {} });
  const checked = world.git(["rev-parse", "main"]);
  world.commit({ "src/by-hand": "1\n" }, "by hand");
  world.commit({ "src/by-hand": "2\n" }, "by hand again");
  const newest = await examine(world);
  expect(newest.exitCode).toBe(0);
  expect(newest.found["history"]).toEqual([
    expect.stringMatching(/^calm did not see pass on main: \w+ by hand again, \w+ by hand$/),
  ]);
  expect(newest.commands).toEqual(["calm gate check SPEC-1 VERIFY-DONE"]);
  // The tree of what was checked is a checked tree, whatever the commit.
  world.git(["read-tree", "-u", "--reset", checked]);
  world.git(["commit", "--quiet", "--message", "taken back"]);
  expect((await examine(world)).found["history"]).toEqual([
    expect.stringContaining("; what came after has passed"),
  ]);

  await mergeable(world, "SPEC-2");
  const kept = (await must(world, "worktree remove SPEC-2 --force --yes"))["kept"] as string;
  const commit = world.git(["rev-parse", kept]);
  world.git(["update-ref", "-d", kept]);
  const [{ id }] = query<{ id: string }>(database(world), "select id from merges") as [{ id: string }];
  world.git(["update-ref", `refs/calm/op/${id}`, "main"]);
  world.git(["update-ref", "refs/calm/op/OP-elsewhere", "main"]);
  await must(world, "worker start SPEC-1 backend");
  change(database(world), "update workers set heartbeat_at = '2020-01-01T00:00:00.000Z'");
  const sick = await examine(world, "doctor --fix --dry-run");
  expect(sick.plan).toEqual([
    expect.stringMatching(/^mark W-\w+ as stale$/),
    `remove refs/calm/op/${id}`,
    `point ${kept} to ${commit} again`,
  ]);
  const { found } = await examine(world, "doctor --fix");
  expect([found["workers"], found["refs"]]).toEqual([undefined, [expect.stringContaining("OP-elsewhere")]]);
  expect(world.git(["rev-parse", kept])).toBe(commit);
});

test("D5, D7: a database that is missing, foreign, newer or damaged, and no repository: told, never made or touched", async () => {
  const world = createWorld();
  const path = database(world);
  expect(await examine(world)).toMatchObject({ exitCode: 0, found: {} });
  expect(existsSync(path)).toBe(false);
  expect(await examine(world, "doctor", { cwd: world.folder })).toMatchObject({ exitCode: 0, found: {} });

  for (let count = 0; count < 30; count++) await must(world, "task create SPEC Title --next --notes x");
  const bytes = readFileSync(path);
  change(path, "pragma wal_checkpoint(truncate); pragma user_version = 1000");
  expect((await examine(world)).found["database"]).toEqual([`${path} was written by a newer calm`]);
  const spoiled = Buffer.from(bytes);
  spoiled.fill(0xff, 4096 * 3, 4096 * 8);
  for (const [content, said] of [
    [spoiled, "damaged"],
    [Buffer.from("no database"), "is not a database of calm's"],
  ] as const) {
    const other = join(world.folder, `home-${said.length}`);
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, "metadata.db"), content, { mode: 0o600 });
    const sick = await examine(world, "doctor --fix", { env: { CALM_HOME: other } });
    expect(sick.exitCode).toBe(1);
    expect(sick.found["database"]?.[0], JSON.stringify(sick.found)).toContain(said);
    expect(readFileSync(join(other, "metadata.db")).equals(content)).toBe(true);
  }
});
