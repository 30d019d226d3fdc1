import * as z from "zod/mini";

/** A row as the database has it. */
const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
export type Row = Readonly<z.output<typeof Row>>;

/** What became of one row; null = it was not there. */
export const RowChange = z.object({ table: z.string(), before: z.nullable(Row), after: z.nullable(Row) });
export interface RowChange {
  readonly table: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** Columns that say which row it is, for people, by table; of others the task and the id. */
const naming: Readonly<Record<string, readonly [noun: string, ...columns: string[]]>> = {
  tasks: ["task", "id"],
  task_blockers: ["blocker", "task_id", "blocker_id"],
  phase_transitions: ["step of", "task_id", "from_phase", "to_phase"],
  worktrees: ["worktree of", "task_id"],
  workers: ["worker", "id"],
  reviews: ["review of", "task_id", "review_type", "result"],
  approvals: ["person's word on", "task_id", "transition"],
  trust: ["approval of commands", "content_hash"],
  counters: ["counter", "name"],
  merges: ["merge of", "task_id"],
  sessions: ["session", "id"],
  gate_runs: ["gate run", "id"],
  check_runs: ["check run", "id"],
  test_runs: ["test run", "id"],
};

/** Columns that change with every write and say nothing. */
const dull = ["updated_at"];

/** A row in words: `counter merge_lock`. */
export function nameRow({ table, before, after }: RowChange): string {
  const [noun, ...columns] = naming[table] ?? [table, "id"];
  const row = after ?? before ?? {};
  const words = columns.map((column) => String(row[column] ?? ""));
  if (table === "phase_transitions") {
    const phases = words.slice(1).filter((phase) => phase !== "");
    return `${noun} ${words[0] ?? ""} to ${phases.at(-1) ?? ""}`;
  }
  if (table === "trust") return `${noun} ${(words[0] ?? "").slice(0, 12)}`;
  return [noun, ...words].join(" ");
}

/** What putting a row back does to it: `counter merge_lock: value 1 → 0`; undefined = nothing worth a word. */
export function describePutBack(change: RowChange): string | undefined {
  const { before, after } = change;
  if (before === null) return `${nameRow(change)}: removed`;
  if (after === null) return `${nameRow(change)}: back`;
  const said = changedColumns(change)
    .filter((column) => !dull.includes(column))
    .map((column) => `${column} ${shown(after[column])} → ${shown(before[column])}`);
  return said.length === 0 ? undefined : `${nameRow(change)}: ${said.join(", ")}`;
}

function shown(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? "–" : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The columns that a change made different. */
export function changedColumns({ before, after }: RowChange): string[] {
  if (!before || !after) return [];
  return Object.keys(after).filter((column) => before[column] !== after[column]);
}

/**
 * The same with each row once: how it was before all changes, and how it was after them; rows that ended as they began
 * are left out. `keyOf` tells a row of a table by its key.
 */
export function netChanges(
  changes: readonly RowChange[],
  keyOf: (table: string, row: Row) => string,
): RowChange[] {
  const net = new Map<string, RowChange>();
  for (const change of changes) {
    const row = change.after ?? change.before;
    if (!row) continue;
    const key = `${change.table}\0${keyOf(change.table, row)}`;
    const first = net.get(key);
    // Later in the list than what it was first changed with: rows hang on rows that were there before them.
    net.delete(key);
    net.set(key, first ? { ...change, before: first.before } : change);
  }
  return [...net.values()].filter((change) => {
    const { before, after } = change;
    return before && after ? changedColumns(change).length > 0 : before !== after;
  });
}
