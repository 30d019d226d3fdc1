import { createHash } from "node:crypto";
import type { OriginalRow, OriginalTable, OriginalValue } from "../store/original/original-row.ts";

/** Tables whose ids mean something; elsewhere they only count the rows of one file. */
const named: readonly OriginalTable[] = ["tasks", "workers", "sessions"];
/** What differs between a file and the one that it was once copied into. */
const local = ["project_path", "worktree_path", "worktree", "review_num"];

/** Gives each row of a file what it is known by: its content, and its number among rows of the same content. */
export function createFingerprints(): (project: string, table: OriginalTable, row: OriginalRow) => string {
  const counts = new Map<string, number>();
  return (project, table, row) => {
    const hash = contentHash(table, row);
    const key = `${project} ${table} ${hash}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count === 1 ? hash : `${hash}-${count}`;
  };
}

function contentHash(table: OriginalTable, row: OriginalRow): string {
  const isEmpty = (value: OriginalValue): boolean => value === null || value === "";
  const told = Object.entries(row)
    .filter(([name, value]) => !isEmpty(value) && !local.includes(name))
    .filter(([name]) => name !== "id" || named.includes(table))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 32);
}
