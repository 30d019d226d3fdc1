import type { ImportedRow } from "../store/original/add-imported.ts";
import type { OriginalRow, OriginalTable } from "../store/original/original-row.ts";
import type { FoundWorktree } from "./worktree-facts.ts";

/** What becomes of a row. */
export type Outcome = "kept" | "changed" | "set_aside" | "already_here";

/** One row of a source and what becomes of it. */
export interface PlannedRow {
  /** The file that it was read from. */
  readonly source: string;
  readonly table: OriginalTable;
  /** What the row calls itself: its id, or the number that it has in its table. */
  readonly key: string;
  readonly project: string;
  readonly fingerprint: string;
  readonly outcome: Outcome;
  /** Why it is changed or set aside. */
  readonly reasons: readonly string[];
  readonly raw: OriginalRow;
  /** What is written; only for a row that comes in. */
  readonly imported?: ImportedRow;
  /** Of a task: what it waits for, and its worktree. */
  readonly blockers?: readonly string[];
  readonly worktree?: FoundWorktree;
}

/** The id that a planned row has here. */
export function targetOf({ imported }: PlannedRow): string | null {
  return imported && "id" in imported.row ? imported.row.id : null;
}
