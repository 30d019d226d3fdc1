import { DatabaseSync } from "@photostructure/sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** What a column may hold: SQLite does not ask. */
export type Value = string | number | bigint | null | Uint8Array;
/** A row by column. */
export type Row = Readonly<Record<string, Value>>;
/** Rows by table. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** The schema of `.claude/claws.db`, as the bash original made it. */
export const clawsSchema = `
create table tasks (id text primary key, spec_id text, title text not null, phase text not null default 'SPEC',
  assigned_specialist text, worktree_path text, created_at text default current_timestamp,
  updated_at text default current_timestamp, blocked_by text, notes text, task_type text not null default 'feature');
create table phase_transitions (id integer primary key autoincrement, task_id text not null references tasks(id),
  from_phase text, to_phase text not null, gate_result text, gate_details text,
  transitioned_at text default current_timestamp);
create table workers (id text primary key, specialist_type text not null, current_task_id text references tasks(id),
  status text not null default 'idle', started_at text default current_timestamp, ended_at text);
create table merge_log (id integer primary key autoincrement, task_id text not null references tasks(id),
  merged_at text default current_timestamp, merge_commit text);
create table test_runs (id integer primary key autoincrement, task_id text not null references tasks(id),
  worktree text, commit_sha text, total_tests integer, passed integer, failed integer, errors integer,
  skipped integer, test_files text, execution_time_seconds real, failed_tests text,
  run_at text default current_timestamp);
create table reviews (id integer primary key autoincrement, task_id text not null references tasks(id),
  artifact_type text not null, review_num integer not null, reviewer_worker_id text, result text not null,
  issues_found text, created_at text default current_timestamp, unique (task_id, artifact_type, review_num));
create table violations (id integer primary key autoincrement, task_id text references tasks(id),
  worker_id text references workers(id), violation_type text not null, description text, root_cause text,
  prevention text, detected_by text, detected_at text default current_timestamp);
create table system_counters (name text primary key, value integer not null default 0);
create table gate_passes (id integer primary key autoincrement, task_id text not null, transition text not null,
  commit_sha text not null, passed_at text default current_timestamp, unique (task_id, transition, commit_sha));
create table sessions (id text primary key, created_at text not null, handoff_content text,
  needs_continuation integer, resumed_at text);
create index idx_tasks_phase on tasks (phase);
`;

/** The schema of the Python original's metadata.db, with the tables that are no orchestration. */
export const pythonSchema = `
create table projects (id text primary key, path text);
create table tasks (id text primary key, title text not null, spec_id text,
  task_type text default 'feature' check (task_type in ('feature', 'bug')), phase text not null, specialist text,
  notes text, blocked_by text, worktree_path text, project_path text not null, created_at text not null,
  updated_at text not null);
create table workers (id text primary key, task_id text not null references tasks(id), role text not null,
  status text default 'active' check (status in ('active', 'completed', 'failed', 'session_ended')),
  started_at text not null, ended_at text, project_path text);
create table reviews (id integer primary key autoincrement, task_id text not null references tasks(id),
  review_type text not null check (review_type in ('spec', 'proposal', 'code', 'bugfix')),
  result text not null check (result in ('approved', 'changes_requested')), worker_id text, reviewer_notes text,
  created_at text not null);
create table test_runs (id integer primary key autoincrement, task_id text not null references tasks(id),
  passed integer not null, failed integer not null, skipped integer default 0, duration_seconds real,
  failed_tests text, run_at text not null);
create table counters (name text primary key, value integer default 0);
create table phase_transitions (id integer primary key autoincrement, task_id text not null references tasks(id),
  from_phase text not null, to_phase text not null, gate_result text, gate_details text,
  transitioned_at text not null);
create table gate_passes (id integer primary key autoincrement, task_id text not null, transition text not null,
  commit_sha text not null, passed_at text not null, unique (task_id, transition, commit_sha));
create table sessions (id text primary key, created_at text not null, handoff_content text,
  needs_continuation integer, resumed_at text);
create table memories (id text primary key, content text, embedding blob);
create table session_journal (id integer primary key, created_at text, working_directory text, summary text);
create table ghap_entries (id integer primary key, text text);
create table indexed_files (path text primary key, project text references projects(id));
create table git_index_state (repo text primary key, head text);
create index idx_tasks_phase on tasks (phase);
create index tasks_by_phase on tasks (phase, id);
insert into projects values ('one', '/old/one');
insert into memories values ('m1', 'remember this', x'00ff');
insert into indexed_files values ('a.py', 'one');
`;

/** A schema of the same columns that asks for nothing: what an older version, or SQLite's typing, lets in. */
export const looseSchema = `
create table tasks (id, title, spec_id, task_type, phase, specialist, notes, blocked_by, worktree_path, created_at, updated_at);
create table workers (id, task_id, role, status, started_at, ended_at);
create table reviews (id, task_id, review_type, result, worker_id, reviewer_notes, created_at);
create table test_runs (id, task_id, commit_sha, passed, failed, skipped, duration_seconds, failed_tests, run_at);
create table counters (name, value);
create table phase_transitions (id, task_id, from_phase, to_phase, gate_result, gate_details, transitioned_at);
create table gate_passes (id, task_id, transition, commit_sha, passed_at);
create table merge_log (id, task_id, merged_at, merge_commit);
create table sessions (id, created_at, handoff_content, needs_continuation, resumed_at);
`;

/** Makes a database of the original's, in SQLite's usual journal mode. */
export function makeOriginal(path: string, schema: string, rows: Rows = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec("pragma foreign_keys = off");
  database.exec(schema);
  addRows(database, rows);
  database.close();
}

/** Adds rows to a database of the original's. */
export function growOriginal(path: string, rows: Rows): void {
  const database = new DatabaseSync(path);
  database.exec("pragma foreign_keys = off");
  addRows(database, rows);
  database.close();
}

function addRows(database: InstanceType<typeof DatabaseSync>, rows: Rows): void {
  database.exec("begin");
  for (const [table, list] of Object.entries(rows)) {
    for (const row of list) {
      const columns = Object.keys(row);
      const sql = `insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`;
      database.prepare(sql).run(...Object.values(row));
    }
  }
  database.exec("commit");
}

const at = "2025-12-04 10:20:30";
const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const sha = (index: number): string => (index + 1).toString(16).padStart(40, "a");

/** A claws.db of the size and with the flaws of the one that its users have. */
export function realSizeRows(): Rows {
  const task = (index: number): string => `SPEC-${String((index % 130) + 1).padStart(3, "0")}`;
  const phase = (index: number): string =>
    index < 118 ? "DONE" : (["SPEC", "IMPLEMENT", "VERIFY"][index % 3] ?? "SPEC");
  return {
    tasks: list(130, (index) => ({
      ...{ id: task(index), title: `Task ${index}`, phase: phase(index), task_type: "feature" },
      worktree_path: index % 5 === 0 ? `/Users/somebody/repo/.worktrees/${task(index)}` : null,
      blocked_by: index < 4 ? task(index + 40) : null,
      ...{ created_at: at, updated_at: at },
    })),
    workers: list(640, (index) => ({
      ...{ id: `W-${index}`, specialist_type: "backend", current_task_id: index < 566 ? null : task(index) },
      ...{ status: index < 566 ? "completed" : "stale", started_at: at, ended_at: index < 500 ? at : null },
    })),
    phase_transitions: list(560, (index) => ({
      ...{
        task_id: task(index),
        from_phase: index < 130 ? null : "SPEC",
        to_phase: index % 90 === 7 ? "REVIEW" : "DESIGN",
      },
      gate_result: index % 50 === 3 ? "reset" : "pass",
      transitioned_at: at,
    })),
    merge_log: list(69, (index) => ({ task_id: task(index), merged_at: at, merge_commit: sha(index) })),
    test_runs: list(120, (index) => ({
      task_id: index < 23 ? `tmp${index}Ab` : task(index),
      ...{ worktree: "/Users/somebody/repo", commit_sha: sha(index), total_tests: index % 3 === 0 ? 0 : 40 },
      ...{ passed: index % 3 === 0 ? 0 : 40, failed: 0, errors: 0, skipped: 0, execution_time_seconds: 61.2 },
      ...{ failed_tests: "[]", run_at: at },
    })),
    reviews: list(90, (index) => ({
      task_id: index < 3 ? `SPEC-9${index}0` : task(index),
      ...{ artifact_type: "code", review_num: 1, reviewer_worker_id: `W-${index}`, result: "approved" },
      created_at: at,
    })),
    gate_passes: list(80, (index) => ({
      ...{ task_id: task(index), transition: "IMPLEMENT-CODE_REVIEW", commit_sha: sha(index), passed_at: at },
    })),
    system_counters: [
      { name: "merge_lock", value: 0 },
      { name: "merges_since_e2e", value: 3 },
      { name: "merges_since_docs", value: 18 },
    ],
    sessions: [
      {
        ...{
          id: "S-1",
          created_at: at,
          handoff_content: Buffer.from("# Go on\nwith SPEC-1").toString("base64"),
        },
        needs_continuation: 1,
      },
    ],
  };
}

/** The databases that transcripts place: a few rows, with the usual flaws among them. */
export function placeFixture(name: string, path: string, repository: string): void {
  const times = { created_at: at, updated_at: at };
  if (name === "claws.db") {
    makeOriginal(path, clawsSchema, {
      tasks: [
        { id: "SPEC-001", title: "Export as CSV", phase: "DONE", ...times },
        { id: "SPEC-002", title: "Import", phase: "IMPLEMENT", blocked_by: "SPEC-001", ...times },
        { id: "BUG-001", title: "Totals are wrong", phase: "ON_FIRE", task_type: "bug", ...times },
      ],
      workers: [
        { id: "W-1", specialist_type: "backend", current_task_id: null, status: "completed", started_at: at },
        {
          id: "W-2",
          specialist_type: "backend",
          current_task_id: "SPEC-002",
          status: "active",
          started_at: at,
        },
      ],
      gate_passes: [
        { task_id: "SPEC-002", transition: "DESIGN-IMPLEMENT", commit_sha: sha(0), passed_at: at },
      ],
      test_runs: [{ task_id: "tmpAbCd", commit_sha: sha(0), total_tests: 3, passed: 3, run_at: at }],
      merge_log: [{ task_id: "SPEC-001", merged_at: at, merge_commit: sha(1) }],
    });
  } else {
    makeOriginal(path, pythonSchema, {
      tasks: [
        { id: "SPEC-001", title: "Export as CSV", phase: "TEST", project_path: repository, ...times },
        { id: "SPEC-002", title: "Import", phase: "SPEC", project_path: "/Users/ann/elsewhere", ...times },
      ],
      counters: [{ name: "merges_since_e2e", value: 4 }],
    });
  }
}
