import { isAbsolute } from "node:path";
import { findCycle } from "../model/cycle.ts";
import { type Here, keyOf } from "../store/original/here.ts";
import type { OriginalRow } from "../store/original/original-row.ts";
import type { Ledger } from "./ledger.ts";
import type { Place, Places } from "./places.ts";
import type { PlannedRow } from "./planned-row.ts";
import { asText } from "./read-row.ts";
import type { Source } from "./sources.ts";
import { mapTask } from "./tables/task.ts";

/** Where the rows that hang on a task of a source go, or why they cannot go there. */
export interface TaskLink {
  readonly project: string;
  /** The task's id here; undefined = nothing may hang on it. */
  readonly id: string | undefined;
}

/** The tasks of one source by the id that its other rows name. */
export type TaskLinks = ReadonlyMap<string, TaskLink>;

/** What planning tasks needs, and what it remembers across sources. */
export interface TaskPlanning {
  readonly here: Here;
  readonly places: Places;
  readonly now: string;
  /** Tasks that come in, by project and lower-case id. */
  readonly coming: Map<string, string>;
}

/** Plans the tasks of a source, without their blockers. */
export function planTasks(
  source: Source,
  ledger: Ledger,
  planning: TaskPlanning,
): { readonly rows: PlannedRow[]; readonly links: TaskLinks } {
  const links = new Map<string, TaskLink>();
  const rows = source.original.tables.tasks.map((raw) => {
    const place = placeOf(raw, planning.places);
    const row = ledger.judge({ table: "tasks", raw, project: place.id }, () => decide(raw, place, planning));
    const id = asText(raw["id"] ?? null) ?? "";
    const key = keyOf(place.id, id.toLowerCase());
    const [isComing, wasTakenOver] = [planning.coming.get(key) === id, planning.here.importedTasks.has(key)];
    const isThere = isComing || (wasTakenOver && planning.here.tasks.has(key));
    // Its own rows first: of two ids that differ in case only one comes in.
    if (!links.has(id)) links.set(id, { project: place.id, id: isThere ? id : undefined });
    return row;
  });
  return { rows, links };
}

function decide(
  raw: OriginalRow,
  place: Place,
  planning: TaskPlanning,
): ReturnType<Parameters<Ledger["judge"]>[1]> {
  const { here, coming, now } = planning;
  const task = mapTask(raw, now);
  if ("aside" in task) return task;
  const { blockers, worktree: written, ...row } = task.record;
  const key = keyOf(place.id, row.id.toLowerCase());
  const clash = clashOf(row.id, key, coming, here);
  if (clash !== undefined) return { aside: clash };
  coming.set(key, row.id);
  const worktree = written === null ? undefined : place.worktrees.get(written);
  const isOwn = worktree?.branch === row.id;
  return {
    record: { imported: { table: "tasks", row }, blockers, ...(isOwn && { worktree }) },
    changes: [...task.changes, ...projectChanges(raw), ...worktreeChanges(written, worktree?.branch, isOwn)],
  };
}

function clashOf(
  id: string,
  key: string,
  coming: ReadonlyMap<string, string>,
  here: Here,
): string | undefined {
  const other = coming.get(key);
  if (other !== undefined && other !== id) return "its id differs from another one's only in case";
  if (other !== undefined || here.importedTasks.has(key)) {
    return "a task of this id was taken over before, with other content";
  }
  return here.tasks.has(key) ? "the project has a task of its own with this id" : undefined;
}

function placeOf(raw: OriginalRow, { home, byPath }: Places): Place {
  return byPath.get(asText(raw["project_path"] ?? null) ?? "") ?? home;
}

function projectChanges(raw: OriginalRow): string[] {
  // Older versions, and each repository's own file, have no such column.
  if (!("project_path" in raw)) return [];
  const path = asText(raw["project_path"] ?? null) ?? "";
  return isAbsolute(path) ? [] : ["its project_path is no absolute path; it went to the current project"];
}

function worktreeChanges(written: string | null, branch: string | undefined, isOwn: boolean): string[] {
  if (written === null || written === "" || isOwn) return [];
  return [
    branch === undefined
      ? "its worktree is not there, or none that git knows"
      : "its worktree is on a branch of another name",
  ];
}

/** Holds the blockers of the tasks that come in against the tasks that there are. */
export function settleBlockers(rows: readonly PlannedRow[], planning: TaskPlanning): PlannedRow[] {
  const settled = new Map<string, readonly string[]>();
  return rows.map((row) => {
    if (row.imported?.table !== "tasks" || !row.blockers?.length) return row;
    const { project, imported } = row;
    const own = imported.row.id.toLowerCase();
    const known = row.blockers.flatMap((id) => knownTask(project, id, planning) ?? []);
    const others = known.filter((id) => id.toLowerCase() !== own);
    const blockers = others.filter(
      (id) =>
        !findCycle([own], (task) =>
          task === own ? [id.toLowerCase()] : (settled.get(keyOf(project, task)) ?? []),
        ),
    );
    settled.set(
      keyOf(project, own),
      blockers.map((id) => id.toLowerCase()),
    );
    const lost = [
      ...(known.length < row.blockers.length ? ["it waits for a task that is not there"] : []),
      ...(others.length < known.length ? ["it waited for itself"] : []),
      ...(blockers.length < others.length ? ["it waits for a task that waits for it"] : []),
    ];
    if (lost.length === 0) return { ...row, blockers };
    return { ...row, blockers, outcome: "changed", reasons: [...row.reasons, ...lost] };
  });
}

function knownTask(project: string, id: string, { coming, here }: TaskPlanning): string | undefined {
  const key = keyOf(project, id.toLowerCase());
  return coming.get(key) ?? (here.tasks.has(key) ? id : undefined);
}
