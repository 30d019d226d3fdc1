/**
 * What SQLite is to believe of each table's size. Knowing nothing it takes a project for ten rows, and reads all of it
 * where an index would lead to a few. Fixed numbers, since measured ones would change the plans under our hands.
 */
const sizes: Readonly<Record<string, string>> = {
  // Of each index, the table's own key first: rows in all, and rows that share its first column, its first two, …
  tasks:
    "100000 100000 1; tasks_by_phase 100000 100000 500 1; tasks_by_age 100000 100000 1; tasks_by_spec 100000 100000 10",
  task_blockers: "100000 100000 3 1; task_blockers_by_blocker 100000 100000 3",
  phase_transitions: "1000000 1000000 1; phase_transitions_by_task 1000000 1000000 10 1",
  worktrees: "20 20 1",
  workers: "100000 100000 1; workers_by_status 100000 100000 50 1; workers_by_task 100000 100000 5 1",
  reviews: "100000 100000 1; reviews_by_task 100000 100000 5 1",
  approvals: "100000 100000 1; approvals_by_task 100000 100000 3 1",
  gate_runs: "100000 100000 1; gate_runs_by_task 100000 100000 10 3 1",
  check_runs:
    "1000000 1000000 1; check_runs_by_run 1000000 1000000 10 1; check_runs_by_tree 1000000 1000000 20 5 3 1",
  test_runs: "100000 100000 1; test_runs_by_task 100000 100000 5 1",
  journal: "100000 100000 1; journal_open 100000 100000 1 1",
  merges: "100000 100000 1; merges_by_task 100000 100000 1 1",
  sessions: "10000 10000 1; sessions_pending 10000 10000 100 1",
  events: "1000000 1000000 1; events_by_task 1000000 1000000 20 1",
  migrated_rows: "100000 100000 20000 1; migrated_rows_by_content 100000 20000 1",
};

function rowsOf([table, all]: readonly [string, string]): string[] {
  return all.split("; ").map((one, index) => {
    const [name = "", ...counts] = index === 0 ? [table, ...one.split(" ")] : one.split(" ");
    return `('${table}', '${name}', '${counts.join(" ")}')`;
  });
}

const tables = Object.keys(sizes).map((table) => `'${table}'`);

/** Tells SQLite what to expect, in place of what an adopted database may say of tables of the same names. */
export const statistics = `
analyze sqlite_schema;
delete from sqlite_stat1 where tbl in (${tables.join(", ")});
insert into sqlite_stat1 (tbl, idx, stat) values
  ${Object.entries(sizes).flatMap(rowsOf).join(",\n  ")};
analyze sqlite_schema;
`;
