/** A value of the original's database as JSON can hold it: blobs and numbers that JSON has none for are marked. */
export type OriginalValue =
  | string
  | number
  | null
  | { readonly base64: string }
  | { readonly integer: string }
  | { readonly real: string };

/** A row of the original's, by the names that its columns have today. */
export type OriginalRow = Readonly<Record<string, OriginalValue>>;

/** The tables that calm takes over, in the order in which they depend on each other. */
export const originalTables = [
  "tasks",
  "workers",
  "phase_transitions",
  "reviews",
  "test_runs",
  "gate_passes",
  "merge_log",
  "violations",
  "counters",
  "sessions",
] as const;
export type OriginalTable = (typeof originalTables)[number];

/** What one database of the original holds; a table that it does not have is empty. */
export interface Original {
  readonly tables: Readonly<Record<OriginalTable, readonly OriginalRow[]>>;
  /** Tables that calm does not take, with their numbers of rows. */
  readonly others: readonly { readonly name: string; readonly rows: number }[];
}
