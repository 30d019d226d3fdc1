import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { applicationId } from "../../src/store/create-database.ts";
import { migrations } from "../../src/store/migrations/index.ts";
import { backupOf, databaseOf, namesInBackups } from "../support/backups.ts";
import { change, dump, query } from "../support/database.ts";
import { must, operate, refused, startWorker } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

interface Listed {
  readonly name: string;
  readonly state: string;
  readonly tasks: number | null;
  readonly schema_version: number | null;
}

async function listed(world: World): Promise<readonly Listed[]> {
  return (await must(world, "backup list"))["backups"] as Listed[];
}

async function stateOfBackup(world: World, name: string): Promise<string | undefined> {
  return (await listed(world)).find((one) => one.name === name)?.state;
}

test("a backup is one private file of its own that a reader need not write beside", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "backup create one");
  const path = backupOf(world, "one");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  // Bytes 18 and 19 say 2 in WAL mode, where even a reader makes files.
  expect([...readFileSync(path).subarray(18, 20)]).toEqual([1, 1]);
  chmodSync(dirname(path), 0o500);
  expect(query(path, "select id from tasks")).toEqual([{ id: "SPEC-001" }]);
  chmodSync(dirname(path), 0o700);
  expect(namesInBackups(world)).toEqual(["one.db"]);
  await refused(world, "backup create one", [5, "already_exists", /never overwritten/, "backup delete one"]);
  // Nothing of it needs a repository.
  expect(await operate(world, "backup list", { cwd: "/" })).toMatchObject({ exitCode: 0 });
});

test("D9, D10, D14: auto keeps the newest ten of its own, though the clock stands still or has jumped; named ones stay", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "backup create mine");
  const ahead = "auto_20990101T000000.000Z";
  copyFileSync(backupOf(world, "mine"), backupOf(world, ahead));
  const made: string[] = [ahead];
  for (let round = 0; round < 12; round++) {
    const { backup } = (await must(world, "backup auto")) as { backup: Listed };
    made.push(backup.name);
  }
  expect(made).toEqual([...made].sort());
  expect(new Set(made).size).toBe(13);
  expect(namesInBackups(world)).toEqual([...made.slice(3), "mine"].map((name) => `${name}.db`).sort());
});

const hostileNames = [
  ...["../escaped", "a/b", ".hidden", "-rf", "", "a b", "x".repeat(101), "a\nb", "é", ".."],
  ...["auto_mine", "Auto_x"],
];

test("D10: names that are paths, flags or the rotation's own are refused, and nothing is made", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  for (const name of hostileNames) {
    const { exitCode, error } = await operate(world, ["backup", "create", "--", name]);
    expect([exitCode, error?.code], name).toEqual([2, "invalid_input"]);
  }
  for (const verb of ["restore", "delete"]) {
    const { error } = await operate(world, ["backup", verb, "../metadata", "--yes"]);
    expect(error?.code).toBe("invalid_input");
  }
  expect(existsSync(join(world.env["CALM_HOME"] ?? "", "backups"))).toBe(false);
});

test("restore turns back what a project was, keeps what it was since, and tells it in the log", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "task create SPEC-002 Two --blocked-by SPEC-001");
  await must(world, "worktree create SPEC-001");
  const then = dump(databaseOf(world));
  await must(world, "backup create then");
  await must(world, ["task", "update", "SPEC-001", "--title", "Other"]);
  await must(world, "task delete SPEC-002 --yes");
  await must(world, "task create SPEC-003 Three");
  await must(world, "counter set merges_since_e2e 7");
  await must(world, "worktree create SPEC-003");
  const now = dump(databaseOf(world));
  const plan = await must(world, "backup restore then --dry-run");
  expect(plan["projects"]).toMatchObject([{ tasks_now: 2, tasks_then: 2, events_lost: 5 }]);
  expect([dump(databaseOf(world)), namesInBackups(world)]).toEqual([now, ["then.db"]]);
  await refused(world, "backup restore then", [4, "needs_yes", /2 → 2 tasks, 5 events lost/, "--yes"]);
  const done = await must(world, "backup restore then --yes");
  expect(done).toMatchObject({ projects: [{ reconciled: true, merges: [], gone: [] }], database: "good" });
  const after = dump(databaseOf(world));
  const turnedBack = ["tasks", "task_blockers", "counters", "phase_transitions", "reviews"];
  for (const table of turnedBack) expect(after[table], table).toEqual(then[table]);
  expect(after["events"]?.slice(0, -1)).toEqual(then["events"]);
  // A number is never given twice, so the log shows that something is missing.
  const { events } = (await must(world, "log --limit 1")) as { events: { seq: number; summary: string }[] };
  expect(events[0]?.seq).toBe((now["events"]?.length ?? 0) + 1);
  expect(events[0]?.summary).toContain(
    `restored the backup then; the state before is kept as ${String(done["kept"])}`,
  );
  // The worktree that belongs to a task stays known; the other one stays on disk.
  expect(after["worktrees"]).toHaveLength(1);
  expect(existsSync(world.worktree("SPEC-003"))).toBe(true);
  await must(world, `backup restore ${String(done["kept"])} --yes`);
  const again = dump(databaseOf(world));
  for (const table of turnedBack) expect(again[table], table).toEqual(now[table]);
});

test("projects that the backup does not know, and tables that are not calm's, are left alone", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "backup create then");
  change(databaseOf(world), "create table memories (x); insert into memories values ('kept')");
  const later = join(world.folder, "later");
  mkdirSync(later);
  world.git(["init", "--quiet"], later);
  await must(world, "task create SPEC-001 Later", { cwd: later });
  await must(world, "task create SPEC-002 Two");
  const done = await must(world, "backup restore then --yes");
  expect(done).toMatchObject({ left_alone: ["later"], projects: [{ name: "repo" }] });
  expect(query(databaseOf(world), "select title from tasks order by title")).toEqual([
    { title: "Later" },
    { title: "One" },
  ]);
  expect(query(databaseOf(world), "select x from memories")).toEqual([{ x: "kept" }]);
});

test("a restore neither revives a worker that lost its lease nor takes a sign of life back", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  const [lost, alive] = [
    await startWorker(world, "SPEC-001", "backend"),
    await startWorker(world, "SPEC-001", "qa"),
  ];
  await must(world, "backup create then");
  const later = "2026-01-01T06:00:00.000Z";
  change(databaseOf(world), `update workers set heartbeat_at = '${later}', fence = 2 where id = '${alive}'`);
  change(
    databaseOf(world),
    `update workers set status = 'stale', heartbeat_at = '2025-01-01T00:00:00.000Z' where id = '${lost}'`,
  );
  const env = { CALM_WORKER: lost };
  const refusal = [7, "stale_worker", /is stale/, `calm worker resume ${lost}`] as const;
  await refused(world, "backup restore then --yes", refusal, { env });
  await must(world, "backup restore then --yes");
  expect(query(databaseOf(world), "select heartbeat_at, fence from workers where id = ?", alive)).toEqual([
    { heartbeat_at: later, fence: 2 },
  ]);
});

/** What a restore makes of each table; one that is new has to be put somewhere here. */
const turnedBackTables = [
  ...["approvals", "check_runs", "counters", "events", "gate_runs", "merges", "migrated_rows"],
  ...["migration_leftovers", "phase_transitions", "reviews", "sessions", "task_blockers", "tasks"],
  ...["test_runs", "workers"],
];
const tablesOfProcesses = ["checks_under_way", "command_slots", "merge_queue"];
const tablesOfTheWorld = [
  "attic",
  "changed_files",
  "checkouts",
  "journal",
  "remembered_commits",
  "slots",
  "trust",
  "worktrees",
];

/** A row that every check of the schema lets pass, in a table of this project. */
function addProbe(world: World, table: string, project: string): void {
  const path = databaseOf(world);
  const columns = query<{ name: string; type: string }>(
    path,
    `select name, type from pragma_table_info('${table}')`,
  );
  const fixed: Readonly<Record<string, string>> = {
    ...{ project_id: project, task_id: "SPEC-001", blocker_id: "SPEC-001", commit_sha: "0".repeat(40) },
    ...{ kind: table === "merges" ? "merge" : "approval", outcome: "kept" },
  };
  const values = columns.map(({ name, type }) => (type === "INTEGER" ? "7" : `'${fixed[name] ?? "[]"}'`));
  change(
    path,
    `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join()}) values (${values.join()})`,
  );
}

test("every table is turned back, or kept as the world is, on purpose", async () => {
  const world = createWorld();
  const path = databaseOf(world);
  await must(world, "task create SPEC-001 One");
  const [project] = query<{ id: string }>(path, "select id from projects");
  const tables = Object.keys(dump(path));
  expect([...tables].sort()).toEqual(
    [
      ...turnedBackTables,
      ...tablesOfTheWorld,
      ...tablesOfProcesses,
      "projects",
      "sequences",
      "changes",
    ].sort(),
  );
  const probed = tables.filter((table) => !["projects", "tasks"].includes(table));
  for (const table of probed) addProbe(world, table, project?.id ?? "");
  const then = dump(path);
  await must(world, "backup create then");
  const emptied = tables.filter((table) => !["projects", "checkouts"].includes(table));
  const deletions = [...emptied, "checkouts where host = '[]'"].map((table) => `delete from ${table}`);
  change(path, `pragma foreign_keys = off; ${deletions.join("; ")}`);
  await must(world, "backup restore then --yes");
  const after = dump(path);
  const probes = (table: string): number => after[table]?.filter((row) => row.includes('"[]"')).length ?? 0;
  for (const table of turnedBackTables)
    expect(after[table], table).toEqual(expect.arrayContaining([...(then[table] ?? [])]));
  for (const table of [...tablesOfTheWorld, ...tablesOfProcesses]) expect(probes(table), table).toBe(0);
  // A second time doubles nothing.
  await must(world, "backup restore then --yes");
  for (const table of ["migration_leftovers", "merges"])
    expect(dump(path)[table], table).toEqual(then[table]);
});

/** What may pose as a backup: how it is made from a good one, what the list says, and what the refusal says. */
const impostors: readonly (readonly [string, (path: string) => void, string, RegExp])[] = [
  [
    "empty",
    (path) => {
      truncateSync(path, 0);
    },
    "foreign",
    /not a database of calm's/,
  ],
  [
    "truncated",
    (path) => {
      truncateSync(path, 40_000);
    },
    "damaged",
    /damaged/,
  ],
  [
    "zeroed",
    (path) => {
      // A page that counting the tasks does not come to.
      const asked = "select rootpage as page from sqlite_master where name = 'events'";
      const page = query<{ page: number }>(path, asked)[0]?.page ?? 0;
      writeFileSync(path, readFileSync(path).fill(0, 4096 * (page - 1), 4096 * page));
    },
    "good",
    /damaged/,
  ],
  [
    "text",
    (path) => {
      writeFileSync(path, "hello ".repeat(2000));
    },
    "damaged",
    /damaged/,
  ],
  [
    "foreign",
    (path) => {
      rmSync(path);
      change(path, "create table t (x)");
    },
    "foreign",
    /not a database of calm's/,
  ],
  [
    "python",
    (path) => {
      rmSync(path);
      change(path, "create table tasks (project_path)");
    },
    "python",
    /Python original/,
  ],
  [
    "newer",
    (path) => {
      change(path, `pragma user_version = ${migrations.length + 1}`);
    },
    "newer",
    /this calm knows/,
  ],
  [
    "headed",
    (path) => {
      rmSync(path);
      change(
        path,
        `create table tasks (x); pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}`,
      );
    },
    "good",
    /is missing or of another shape/,
  ],
  [
    "orphaned",
    (path) => {
      change(path, "pragma foreign_keys = off; delete from projects");
    },
    "good",
    /belong to nothing/,
  ],
  [
    "link",
    (path) => {
      rmSync(path);
      symlinkSync("one.db", path);
    },
    "foreign",
    /no plain file/,
  ],
  [
    "folder",
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    "foreign",
    /no plain file/,
  ],
];

test("what is no sound backup of calm's is listed as what it is, refused, and changes nothing", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "backup create one");
  for (const [name, make] of impostors) {
    copyFileSync(backupOf(world, "one"), backupOf(world, name));
    make(backupOf(world, name));
  }
  const names = namesInBackups(world);
  for (const [name, , state, message] of impostors) {
    expect(await stateOfBackup(world, name), name).toBe(state);
    const code = name === "newer" ? "newer_database" : "backup_unusable";
    await refused(world, `backup restore ${name} --yes`, [4, code, message, /backup list|Update calm/]);
  }
  expect(namesInBackups(world)).toEqual(names);
  await refused(world, "backup restore on --yes", [
    3,
    "backup_not_found",
    /on not found/,
    "Did you mean one?",
  ]);
});

test.each(migrations.map((_, version) => version))(
  "a backup of schema %i is brought to the newest one, on a copy",
  async (version) => {
    const world = createWorld();
    await must(world, "task create SPEC-001 One");
    const { id } = (await must(world, "init"))["project"] as { id: string };
    const path = backupOf(world, "old");
    mkdirSync(dirname(path));
    const rows = `insert into projects values ('${id}', 'repo', '2026-01-01T00:00:00.000Z');`;
    change(
      path,
      `${migrations.slice(0, version).join(";\n")}; ${version === 0 ? "" : rows}
       pragma application_id = ${applicationId}; pragma user_version = ${version}`,
    );
    const bytes = readFileSync(path);
    expect(await listed(world)).toMatchObject([{ name: "old", schema_version: version, tasks: 0 }]);
    await must(world, "backup restore old --yes");
    expect(query(databaseOf(world), "select id from tasks")).toEqual(
      version === 0 ? [{ id: "SPEC-001" }] : [],
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  },
);

test("a missing and a damaged database are replaced; what is damaged is kept aside, its log with it", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "backup create one");
  const path = databaseOf(world);
  rmSync(path);
  expect(await operate(world, "backup create two")).toMatchObject({ error: { code: "database_not_found" } });
  // A log without its database would be replayed into the next one.
  writeFileSync(`${path}-wal`, "the log of another");
  const done = await must(world, "backup restore one --yes");
  expect(done).toMatchObject({
    database: "missing",
    kept: null,
    projects: [{ tasks_now: 0, tasks_then: 1 }],
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(query(path, "pragma journal_mode")).toEqual([{ journal_mode: "wal" }]);
  for (const damage of [
    () => {
      writeFileSync(path, readFileSync(path).fill(0xff, 4096, 4096 * 9));
    },
    () => {
      writeFileSync(path, "");
    },
    () => {
      writeFileSync(path, "rubbish ".repeat(1000));
    },
  ]) {
    // What is still in the log would be written back into the damaged file by whoever opens it.
    change(path, "pragma wal_checkpoint(truncate)");
    damage();
    const rubbish = readFileSync(path);
    const told = await world.calm(["task", "list"]);
    expect(told.exitCode).not.toBe(0);
    if (rubbish.length > 100_000) expect(told.err).toContain("calm backup restore");
    const answer = await must(world, "backup restore one --yes");
    expect(answer).toMatchObject({ database: "damaged", projects: [{ reconciled: true }] });
    expect(readFileSync(String(answer["damaged"])).equals(rubbish)).toBe(true);
    expect((await must(world, "task show SPEC-001"))["id"]).toBe("SPEC-001");
    expect(query(path, "select summary from events order by seq desc limit 1")).toEqual([
      { summary: "restored the backup one" },
    ]);
  }
});
