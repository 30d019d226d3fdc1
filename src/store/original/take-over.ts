import { addEvent } from "../events.ts";
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
    if (row.outcome !== "kept") await leaveOver(writer, row);
    await remember(writer, row);
  }
  // A task may wait for one that comes later in the list.
  for (const { project, imported, blockers, worktree } of rows) {
    if (imported?.table !== "tasks") continue;
    const writer = forProject(tx, project);
    const task = imported.row.id;
    await addBlockers(writer, task, blockers);
    if (!worktree) continue;
    const { path, branch, base } = worktree;
    const made = { task_id: task, path, branch, base_sha: base, created_at: tx.stamp.now() };
    await addWorktreeRecord(writer, { ...made, templates: {}, setup_key: null });
  }
  for (const project of bound.keys()) await recordEvent(tx, project, rows);
}

async function leaveOver(tx: Writer, { source, table, raw, outcome, reasons }: TakenRow): Promise<void> {
  const reason = `${outcome === "changed" ? "changed: " : ""}${reasons.join("; ")}`;
  await tx.db
    .insertInto("migration_leftovers")
    .values({
      ...{ project_id: tx.project, source, table_name: table, row: JSON.stringify(raw), reason },
      moved_at: tx.stamp.now(),
    })
    .execute();
}

async function remember(
  tx: Writer,
  { source, table, fingerprint, outcome, target }: TakenRow,
): Promise<void> {
  await tx.db
    .insertInto("migrated_rows")
    .values({
      ...{ project_id: tx.project, table_name: table, fingerprint, outcome, target, source },
      migrated_at: tx.stamp.now(),
    })
    .execute();
}

async function recordEvent(tx: Writer, project: string, all: readonly TakenRow[]): Promise<void> {
  const rows = all.filter((row) => row.project === project);
  const count = (outcome: TakenRow["outcome"]): number =>
    rows.filter((row) => row.outcome === outcome).length;
  const counts = { kept: count("kept"), changed: count("changed"), set_aside: count("set_aside") };
  const sources = [...new Set(rows.map((row) => row.source))];
  await addEvent(forProject(tx, project), {
    summary:
      `took over ${counts.kept + counts.changed} rows of ${sources.join(", ")}` +
      (counts.set_aside > 0 ? `, set ${counts.set_aside} aside` : ""),
    data: { sources, ...counts },
  });
}
