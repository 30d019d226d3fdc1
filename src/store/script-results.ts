import { closeDatabase, openDatabase } from "./sqlite.ts";

/** A row that a gate script of the original's has inserted; whatever it wrote, since SQLite does not ask. */
export type ScriptRow = Readonly<Record<string, unknown>>;

/** A gate script inserts a row for a run, two at most. */
const mostRows = 1000;

/** Makes a database of the original's shape for one run of a gate script, which logs its tests there. */
export function createScriptResults(path: string, task: string): void {
  const database = openDatabase(path);
  try {
    // The script's own way to write into it is a program of any age; and nobody needs it after a power cut.
    database.exec("pragma synchronous = off; pragma journal_mode = memory");
    database.exec(`
      create table tasks (id text primary key, title text not null, phase text not null default 'SPEC');
      create table test_runs (
        id integer primary key autoincrement, task_id text not null, worktree text, commit_sha text,
        total_tests integer, passed integer, failed integer, errors integer, skipped integer, test_files text,
        execution_time_seconds real, failed_tests text, run_at text default current_timestamp
      );
    `);
    database.prepare("insert into tasks (id, title) values (?, ?)").run(task, task);
  } finally {
    closeDatabase(database);
  }
}

/** The test runs that a script has inserted, in their order. */
export function readScriptResults(path: string): ScriptRow[] {
  const database = openDatabase(path, { readOnly: true });
  try {
    const query =
      "select passed, failed, errors, skipped, failed_tests from test_runs order by rowid limit ?";
    return database.prepare(query).all(mostRows) as ScriptRow[];
  } finally {
    closeDatabase(database);
  }
}
