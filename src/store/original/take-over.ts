import { inChunks } from "../in-chunks.ts";
import { addBlockers } from "../blockers.ts";
import { forProject, type Writer } from "../store.ts";
import { addWorktreeRecord } from "../worktrees.ts";
import { addImported, type ImportedRow } from "./add-imported.ts";
import type { OriginalRow, OriginalTable } from "./original-row.ts";

/** A row that is dealt with for good. */
export interface TakenRow {
  readonly source: string;
  readonly table: OriginalTable;
  readonly project: string;
  readonly fingerprint: string;
  readonly outcome: "kept" | "changed" | "set_aside";
  readonly reasons: readonly string[];
  readonly raw: OriginalRow;
  readonly target: string | null;
  readonly imported: ImportedRow | undefined;
  readonly blockers: readonly string[];
  readonly worktree: { readonly path: string; readonly branch: string; readonly base: string } | undefined;
}

/** Writes rows down: each where it belongs, as it was among the leftovers unless it is kept whole, and that it was. */
export async function takeOver(tx: Writer, rows: readonly TakenRow[]): Promise<void> {
  const bound = new Map<string, Writer>();
  for (const row of rows) {
    const writer = bound.get(row.project) ?? forProject(tx, row.project);
    bound.set(row.project, writer);
    if (row.imported) await addImported(writer, row.imported);
  }
  for (const some of inChunks(rows.filter((row) => row.outcome !== "kept"))) await leaveOver(tx, some);
  for (const some of inChunks(rows)) await remember(tx, some);
  // A task may wait for one that comes later in the list.
  for (const { project, imported, blockers, worktree } of rows) {
    if (imported?.table !== "tasks") continue;
    const writer = forProject(tx, project);
    const task = imported.row.id;
    await addBlockers(
      writer,
      blockers.map((blocker) => [task, blocker]),
    );
    if (!worktree) continue;
    const { path, branch, base } = worktree;
    const made = { task_id: task, path, branch, base_sha: base, created_at: tx.stamp.now() };
    await addWorktreeRecord(writer, { ...made, templates: {}, setup_key: null });
  }
  for (const project of bound.keys()) await recordEvent(tx, project, rows);
}

function leaveOver(tx: Writer, rows: readonly TakenRow[]): Promise<unknown> {
  const moved_at = tx.stamp.now();
  const values = rows.map(({ project, source, table, raw, outcome, reasons }) => ({
    ...{ project_id: project, source, table_name: table, row: JSON.stringify(raw), moved_at },
    reason: `${outcome === "changed" ? "changed: " : ""}${reasons.join("; ")}`,
  }));
  return tx.db.insertInto("migration_leftovers").values(values).execute();
}

function remember(tx: Writer, rows: readonly TakenRow[]): Promise<unknown> {
  const migrated_at = tx.stamp.now();
  const values = rows.map(({ project, source, table, fingerprint, outcome, target }) => ({
    ...{ project_id: project, table_name: table, fingerprint, outcome, target, source, migrated_at },
  }));
  return tx.db.insertInto("migrated_rows").values(values).execute();
}

async function recordEvent(tx: Writer, project: string, all: readonly TakenRow[]): Promise<void> {
  const rows = all.filter((row) => row.project === project);
  const count = (outcome: TakenRow["outcome"]): number =>
    rows.filter((row) => row.outcome === outcome).length;
  const counts = { kept: count("kept"), changed: count("changed"), set_aside: count("set_aside") };
  const sources = [...new Set(rows.map((row) => row.source))];
  await forProject(tx, project).event({
    summary:
      `took over ${counts.kept + counts.changed} rows of ${sources.join(", ")}` +
      (counts.set_aside > 0 ? `, set ${counts.set_aside} aside` : ""),
    data: { sources, ...counts },
    undo: { instead: "calm backup list" },
  });
}
