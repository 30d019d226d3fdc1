import type { Database } from "../sqlite.ts";
import {
  type Original,
  type OriginalRow,
  type OriginalTable,
  originalTables,
  type OriginalValue,
} from "./original-row.ts";

/** The names that the bash original had for what the Python one calls otherwise. */
const renamedTables: Readonly<Record<string, OriginalTable>> = { system_counters: "counters" };
const renamedColumns: Readonly<Record<string, string>> = {
  assigned_specialist: "specialist",
  specialist_type: "role",
  current_task_id: "task_id",
  artifact_type: "review_type",
  reviewer_worker_id: "worker_id",
  issues_found: "reviewer_notes",
  execution_time_seconds: "duration_seconds",
  total_tests: "total",
};

/** Before the name of a table of the original's that was moved aside in its own file. */
export const asidePrefix = "original_";

/** Quotes a name, which may come from a foreign file. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The names of the tables of a database, without SQLite's own. */
export function tableNames(database: Database): string[] {
  const query =
    "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by rowid";
  return (database.prepare(query).all() as { name: string }[]).map(({ name }) => name);
}

/** Whether a database looks like one of the original's: a table of tasks that have a phase. */
export function isOriginal(database: Database, prefix = ""): boolean {
  const query = "select lower(name) as name from pragma_table_info(?)";
  const columns = (database.prepare(query).all(`${prefix}tasks`) as { name: string }[]).map(
    ({ name }) => name,
  );
  return columns.includes("id") && columns.includes("phase") && !columns.includes("project_id");
}

/** Reads everything that calm takes over; `prefix` finds it where it was moved aside. */
export function readOriginal(database: Database, prefix = ""): Original {
  const tables: Record<OriginalTable, OriginalRow[]> = {
    ...{ tasks: [], workers: [], phase_transitions: [], reviews: [], test_runs: [] },
    ...{ gate_passes: [], merge_log: [], violations: [], counters: [], sessions: [] },
  };
  const others: { name: string; rows: number }[] = [];
  for (const name of tableNames(database)) {
    const table =
      prefix === "" || name.startsWith(prefix) ? knownTable(name.slice(prefix.length)) : undefined;
    if (table !== undefined) tables[table].push(...readTable(database, name));
    else if (prefix === "") others.push({ name, rows: countRows(database, name) });
  }
  return { tables, others: others.filter(({ rows }) => rows > 0) };
}

function knownTable(name: string): OriginalTable | undefined {
  const lower = name.toLowerCase();
  return renamedTables[lower] ?? originalTables.find((known) => known === lower);
}

function countRows(database: Database, table: string): number {
  try {
    const row = database.prepare(`select count(*) as rows from ${quoted(table)}`).get() as { rows: number };
    return row.rows;
  } catch {
    return 0; // a virtual table whose module is not here; it is only counted to be mentioned
  }
}

function readTable(database: Database, table: string): OriginalRow[] {
  const info = database.prepare("select name from pragma_table_info(?)").all(table) as { name: string }[];
  const columns = info.map(({ name }) => name);
  // The driver ends a text at its first NUL, so such a one is fetched as the bytes that it is.
  const selected = columns.map((name, index) => {
    const column = quoted(name);
    return `case when typeof(${column}) = 'text' and instr(${column}, char(0)) > 0 then cast(${column} as blob) else ${column} end as c${index}`;
  });
  const statement = database.prepare(`select ${selected.join(", ")} from ${quoted(table)} order by 1`);
  statement.setReadBigInts(true);
  return (statement.all() as Record<string, unknown>[]).map((row) =>
    Object.fromEntries(columns.map((name, index) => [columnName(name, columns), toValue(row[`c${index}`])])),
  );
}

function columnName(name: string, columns: readonly string[]): string {
  const lower = name.toLowerCase();
  const today = renamedColumns[lower] ?? lower;
  // A table that has both keeps both; the older one is then a column that calm does not know.
  return columns.includes(today) ? lower : today;
}

function toValue(value: unknown): OriginalValue {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : { integer: String(value) };
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : { real: String(value) };
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") };
  return null;
}
