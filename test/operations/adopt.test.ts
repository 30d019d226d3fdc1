import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../../src/store/sqlite.ts";
import { change, dump, query } from "../support/database.ts";
import { must, operate } from "../support/operate.ts";
import { clawsSchema, makeOriginal, pythonSchema, type Rows } from "../support/original.ts";
import { createWorld, type World } from "../support/world.ts";

const at = "2025-12-04 10:20:30";
const task = (id: string, project: string): Rows[string][number] => ({
  ...{ id, title: id, phase: "SPEC", project_path: project, created_at: at, updated_at: at },
});

/** A world whose database place holds one of the Python original's. */
function pythonWorld(more: Rows = {}): { readonly world: World; readonly database: string } {
  const world = createWorld();
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const tasks = [
    task("SPEC-1", world.repository),
    task("SPEC-2", join(world.repository, ".worktrees/SPEC-18")),
    task("SPEC-3", "/Users/somebody/other"),
  ];
  makeOriginal(database, pythonSchema, {
    tasks,
    counters: [{ name: "merges_since_e2e", value: 4 }],
    ...more,
  });
  return { world, database };
}

function idsOf(data: Record<string, unknown>): string[] {
  return (data["tasks"] as { id: string }[]).map(({ id }) => id);
}

test("a Python database is adopted in place: a copy is kept, its other tables stay, calm works on it", async () => {
  const { world, database } = pythonWorld();
  const before = dump(database);
  const bytes = readFileSync(database);
  expect((await operate(world, "task list")).error).toMatchObject({
    code: "foreign_database",
    hint: "Take over its data with: calm migrate",
  });
  const rehearsed = await must(world, "migrate --dry-run");
  expect(readFileSync(database).equals(bytes)).toBe(true);
  expect(readdirSync(dirname(database))).toEqual(["metadata.db"]);
  const { backup, ...data } = await must(world, "migrate");
  expect({ ...data, dry_run: true, backup: null }).toEqual(rehearsed);
  expect(dump(String(backup))).toEqual(before);
  expect(statSync(database).mode & 0o777).toBe(0o600);
  const after = dump(database);
  for (const table of ["memories", "session_journal", "ghap_entries", "indexed_files", "git_index_state"]) {
    expect(after[table], table).toEqual(before[table]);
  }
  for (const table of ["projects", "tasks", "counters"])
    expect(after[`original_${table}`]).toEqual(before[table]);
  expect(query(database, "pragma journal_mode")).toEqual([{ journal_mode: "wal" }]);
  expect(idsOf(await must(world, "task list"))).toEqual(["SPEC-1", "SPEC-2"]);
  expect((await must(world, "counter get merges_since_e2e"))["value"]).toBe(4);
  const again = await must(world, "migrate");
  expect(again["tables"]).toMatchObject([{ read: 3, already_here: 3 }, { already_here: 1 }]);
  expect(dump(database)).toEqual({ ...dump(database), tasks: after["tasks"], events: after["events"] });
});

test("tasks of a repository that is not on this machine wait for it, and can be read meanwhile", async () => {
  const { world, database } = pythonWorld();
  const place = join(world.folder, "later");
  const later = { env: { CALM_PROJECT: "later" } };
  change(database, `update tasks set project_path = '${place}' where id = 'SPEC-3'`);
  const data = await must(world, "migrate");
  expect(data["projects"]).toMatchObject([
    { rows: 3 },
    { name: "later", path: place, present: false, rows: 1 },
  ]);
  expect(idsOf(await must(world, "task list", later))).toEqual(["SPEC-3"]);
  expect((await operate(world, "worktree list", later)).error).toMatchObject({
    code: "project_not_found",
  });
  renameSync(world.repository, place);
  const moved = { cwd: place };
  // The repository that comes to lie there has an identity already: it keeps its own tasks.
  expect(idsOf(await must(world, "task list", moved))).toEqual(["SPEC-1", "SPEC-2"]);
  renameSync(place, world.repository);
  mkdirSync(place);
  world.git(["init", "--quiet"], place);
  expect(idsOf(await must(world, "task list", moved))).toEqual(["SPEC-3"]);
  await must(world, ["task", "create", "SPEC-4", "New"], moved);
  expect(idsOf(await must(world, "task list", later))).toEqual(["SPEC-3", "SPEC-4"]);
  expect(idsOf(await must(world, "task list"))).toEqual(["SPEC-1", "SPEC-2"]);
});

test("--here takes rows of repositories that are elsewhere into this one", async () => {
  const { world } = pythonWorld();
  await must(world, "migrate --here");
  expect(idsOf(await must(world, "task list"))).toEqual(["SPEC-1", "SPEC-2", "SPEC-3"]);
});

test("a log that was never written back is read: of the database in place, and of a file elsewhere", async () => {
  const { world, database } = pythonWorld();
  const made = join(world.folder, "made.db");
  copyFileSync(database, made);
  const writer = openDatabase(made);
  writer.exec(
    `pragma journal_mode = wal; insert into tasks (id, title, phase, project_path, created_at, updated_at)
     values ('SPEC-9', 'in the log', 'SPEC', '${world.repository}', '${at}', '${at}')`,
  );
  const elsewhere = join(world.folder, "elsewhere.db");
  for (const suffix of ["", "-wal"]) {
    copyFileSync(made + suffix, database + suffix);
    copyFileSync(made + suffix, elsewhere + suffix);
  }
  closeDatabase(writer);
  const other = { CALM_HOME: join(world.folder, "other-home") };
  await must(world, ["migrate", elsewhere], { env: other });
  expect(readdirSync(world.folder).filter((name) => name.startsWith("elsewhere"))).toEqual([
    ...["elsewhere.db", "elsewhere.db-wal"],
  ]);
  expect(idsOf(await must(world, "task list", { env: other }))).toContain("SPEC-9");
  await must(world, "migrate");
  expect(idsOf(await must(world, "task list"))).toContain("SPEC-9");
});

test("both originals at once: what both hold comes once, and a second repository gets its own", async () => {
  const { world, database } = pythonWorld();
  const claws = join(world.repository, ".claude/claws.db");
  const copied = { id: "SPEC-1", title: "SPEC-1", phase: "SPEC", created_at: at, updated_at: at };
  makeOriginal(claws, clawsSchema, {
    tasks: [copied, { ...copied, id: "SPEC-8" }],
    phase_transitions: [{ task_id: "SPEC-1", to_phase: "SPEC", transitioned_at: at }],
  });
  change(database, "update tasks set task_type = 'feature'");
  const data = await must(world, "migrate");
  expect(data["tables"]).toMatchObject([
    ...[
      { table: "tasks", kept: 3 },
      { table: "counters", kept: 1 },
    ],
    { source: claws, table: "tasks", kept: 1, already_here: 1 },
    { source: claws, table: "phase_transitions", kept: 1 },
  ]);
  expect((await must(world, "task show SPEC-1"))["history"]).toHaveLength(1);
});

test("a database that a program holds open is not adopted; nor is one that is locked", async () => {
  const { world, database } = pythonWorld();
  const before = dump(database);
  const holder = spawn("sh", ["-c", 'exec 3<"$1"; echo ready; read -r line', "sh", database], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const { exitCode, error } = await operate(world, "migrate");
  holder.stdin.end("\n");
  expect([exitCode, error?.code, error?.message]).toMatchObject([
    6,
    "busy",
    expect.stringContaining(`${holder.pid}`),
  ]);
  await new Promise((resolve) => holder.once("exit", resolve));
  expect(dump(database)).toEqual(before);
  await must(world, "migrate");
});

test("what is no database of the original's is refused, and nothing is written", async () => {
  const world = createWorld();
  await must(world, "init");
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const before = dump(database);
  const path = (name: string): string => join(world.folder, name);
  writeFileSync(path("text.db"), "hello\n".repeat(100));
  writeFileSync(path("empty.db"), "");
  change(path("other.db"), "create table notes (x)");
  makeOriginal(path("torn.db"), pythonSchema, { tasks: [task("SPEC-1", "/x")] });
  const torn = readFileSync(path("torn.db"));
  writeFileSync(path("torn.db"), torn.fill(0xff, 4096 * 3));
  const cases = [
    ["migrate", 3, "original_not_found", "Looked at"],
    [`migrate ${path("none.db")}`, 3, "original_not_found", "none.db"],
    [`migrate ${path("text.db")}`, 4, "not_an_original", "no SQLite database"],
    [`migrate ${path("empty.db")}`, 4, "not_an_original", "another program"],
    [`migrate ${path("other.db")}`, 4, "not_an_original", "another program"],
    [`migrate ${world.folder}`, 4, "not_an_original", "no file"],
    [`migrate ${path("torn.db")}`, 8, "database_failed", "damaged"],
    [`migrate ${database}`, 4, "not_an_original", "calm's own"],
  ] as const;
  for (const [line, exitCode, code, message] of cases) {
    const answer = await operate(world, line);
    expect([answer.exitCode, answer.error?.code], line).toEqual([exitCode, code]);
    expect(answer.error?.message).toContain(message);
  }
  expect(dump(database)).toEqual(before);
});
