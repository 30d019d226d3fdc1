import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applicationId } from "../../src/store/create-database.ts";
import { migrations } from "../../src/store/migrations/index.ts";
import { openOrCreate } from "../../src/store/open-database.ts";
import { closeDatabase, openDatabase } from "../../src/store/sqlite.ts";
import { change, query, schemaOf } from "../support/database.ts";
import { scratchFolder } from "../support/world.ts";

const recordFile = join(import.meta.dirname, "schema.sql");
const heading = (version: number): string => `-- Schema version ${version} --\n`;

/** The schema of each version as it was when it landed. */
function readRecord(): string[] {
  const text = existsSync(recordFile) ? readFileSync(recordFile, "utf8") : "";
  return text.split(/^-- Schema version \d+ --\n/m).slice(1);
}

/** A database of an older calm, made from its record and not from today's migrations. */
function makeOld(path: string, version: number, record: readonly string[]): void {
  change(path, `pragma journal_mode = wal; ${record[version - 1] ?? ""}`);
  change(path, `pragma application_id = ${applicationId}; pragma user_version = ${version}`);
}

function migrated(folder: string, version: number): string {
  const path = join(folder, `${version}.db`);
  const database = openDatabase(path);
  for (const sql of migrations.slice(0, version)) database.exec(sql);
  closeDatabase(database);
  return schemaOf(path);
}

test("a landed migration is never edited: each version has the schema that was recorded for it", () => {
  const folder = scratchFolder();
  const now = migrations.map((_, index) => migrated(folder, index + 1));
  if (process.env["UPDATE"] === "1") {
    // A version that has landed keeps its record: only delete schema.sql while nothing was ever released.
    const kept = [...readRecord(), ...now.slice(readRecord().length)];
    writeFileSync(recordFile, kept.map((schema, index) => heading(index + 1) + schema).join(""));
  }
  expect(now).toEqual(readRecord());
});

test.each(migrations.map((_, version) => version))(
  "a database of version %i is brought to the newest schema, by any number of openers",
  (version) => {
    const record = readRecord();
    const path = join(scratchFolder(), "metadata.db");
    makeOld(path, version, record);
    for (let opener = 0; opener < 3; opener++) closeDatabase(openOrCreate(path, "unused"));
    expect(query(path, "pragma user_version")).toEqual([{ user_version: migrations.length }]);
    expect(query(path, "pragma foreign_key_check")).toEqual([]);
    // The record holds calm's tables; what SQLite keeps for itself (its statistics) is not among them.
    const names = "select name from sqlite_master where name not like 'sqlite%' order by name";
    const schema = query<{ name: string }>(path, names);
    const fresh = join(scratchFolder(), "metadata.db");
    closeDatabase(openOrCreate(fresh, "fresh"));
    expect(schema).toEqual(query(fresh, names));
  },
);

test("who started a worker and who resumed a session is taken from the log", () => {
  const path = join(scratchFolder(), "metadata.db");
  makeOld(path, 3, readRecord());
  const event = (seq: number, operation: string, task: string, data: object): string =>
    `insert into events values ('P', ${seq}, 't', 'worker:${seq}', 'cli', '${operation}', ${task}, '', '${JSON.stringify(data)}');`;
  const worker = (id: string): string =>
    `insert into workers (project_id, id, task_id, role, status, started_at, heartbeat_at) values ('P', '${id}', 'S-1', 'qa', 'active', 't', 't');`;
  change(
    path,
    `insert into projects values ('P', 'p', 't');
     insert into tasks (project_id, id, title, type, phase, priority, touches, created_at, updated_at) values ('P', 'S-1', 't', 'feature', 'SPEC', 2, '[]', 't', 't');
     ${worker("W-1")} ${worker("W-2")} ${worker("W-old")}
     ${event(1, "worker start", "'S-1'", { id: "W-1", started_by: null })}
     ${event(2, "worker start", "'S-1'", { id: "W-2", started_by: "W-1" })}
     insert into sessions values ('P', 'S-a', 't', 'x', null, 1, 't', 'ann'), ('P', 'S-b', 't', 'x', null, 1, null, 'ann');
     ${event(3, "session resume", "null", { session: "S-a" })}`,
  );
  closeDatabase(openOrCreate(path, "unused"));
  expect(query(path, "select id, started_by from workers order by id")).toEqual([
    { id: "W-1", started_by: null },
    { id: "W-2", started_by: "W-1" },
    { id: "W-old", started_by: null },
  ]);
  expect(query(path, "select id, resumed_by from sessions order by id")).toEqual([
    { id: "S-a", resumed_by: "worker:3" },
    { id: "S-b", resumed_by: null },
  ]);
  const plan = query<{ detail: string }>(
    path,
    "explain query plan select id from gate_runs where project_id = ? and state = 'running' order by id",
    "P",
  );
  expect(plan.map(({ detail }) => detail).join()).toContain("gate_runs_running");
});

test("no migration makes what a database of the original keeps beside calm's tables", () => {
  const path = join(scratchFolder(), "metadata.db");
  closeDatabase(openOrCreate(path, "fresh"));
  const names = query<{ name: string }>(path, "select name from sqlite_master").map(({ name }) => name);
  const kept = /^(memories|session_journal|ghap_entries|indexed_files|git_index_state|original_.*|idx_.*)$/;
  expect(names.filter((name) => kept.test(name))).toEqual([]);
});

test("only text and integer columns; every table but the projects and the slots of the machine belongs to one", () => {
  const path = join(scratchFolder(), "metadata.db");
  closeDatabase(openOrCreate(path, "fresh"));
  const columns = query<{ table: string; column: string; type: string }>(
    path,
    "select m.name as \"table\", c.name as \"column\", lower(c.type) as type from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%'",
  );
  expect(columns.filter(({ type }) => type !== "text" && type !== "integer")).toEqual([]);
  const keyed = new Set(columns.filter(({ column }) => column === "project_id").map(({ table }) => table));
  expect([...new Set(columns.map(({ table }) => table))].filter((table) => !keyed.has(table))).toEqual([
    "projects",
    "command_slots",
  ]);
});

test("indexes are believed in: what SQLite is told names real ones, and the history of one task is not read through all", () => {
  const path = join(scratchFolder(), "metadata.db");
  closeDatabase(openOrCreate(path, "fresh"));
  const told = query<{ tbl: string; idx: string }>(path, "select tbl, idx from sqlite_stat1");
  const real = query<{ name: string; tbl_name: string }>(path, "select name, tbl_name from sqlite_master");
  for (const { tbl, idx } of told) expect(real).toContainEqual({ name: idx, tbl_name: tbl });
  const plan = (sql: string): string =>
    query<{ detail: string }>(path, `explain query plan ${sql}`)[0]?.detail ?? "";
  const ofTask = "where project_id = 'P' and task_id = 'T'";
  const tables = ["events", "workers", "reviews", "approvals", "gate_runs", "merges", "phase_transitions"];
  for (const table of tables) expect(plan(`select * from ${table} ${ofTask}`)).toContain(`${table}_by_task`);
  expect(plan("select * from tasks where project_id = 'P' and phase = 'SPEC'")).toContain("tasks_by_phase");
});
