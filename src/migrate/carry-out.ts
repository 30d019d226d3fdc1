import type { Context } from "../context.ts";
import { registerMissing, registerProject } from "../store/projects.ts";
import { forProject, type Writer } from "../store/store.ts";
import { type TakenRow, takeOver } from "../store/original/take-over.ts";
import type { Place, Places } from "./places.ts";
import { type PlannedRow, targetOf } from "./planned-row.ts";

/** Carries a plan out within one transaction; a plan without new rows writes nothing. */
export async function carryOut(
  context: Context,
  tx: Writer,
  places: Places,
  rows: readonly PlannedRow[],
): Promise<void> {
  const taken = rows.flatMap((row) => toTaken(row) ?? []);
  const projects = new Set(taken.map((row) => row.project));
  for (const place of knownPlaces(places)) {
    if (projects.has(place.id)) await register(context, forProject(tx, place.id), place);
  }
  await takeOver(tx, taken);
}

/** Every project that rows may go to, each once. */
export function knownPlaces({ home, byPath }: Places): Place[] {
  return [...new Map([home, ...byPath.values()].map((place) => [place.id, place])).values()];
}

async function register(context: Context, tx: Writer, { name, path, project }: Place): Promise<void> {
  const { host } = context;
  if (!project) return registerMissing(tx, name, host, path);
  return registerProject(tx, name, { host, common_dir: project.commonDir, root: project.root });
}

function toTaken(row: PlannedRow): TakenRow | undefined {
  const { outcome, imported, blockers = [], worktree, ...rest } = row;
  if (outcome === "already_here") return undefined;
  return { ...rest, outcome, imported, blockers, worktree, target: targetOf(row) };
}
