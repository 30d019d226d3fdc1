import { createHash } from "node:crypto";
import { basename, isAbsolute } from "node:path";
import type { Context, Project } from "../context.ts";
import { asText } from "./read-row.ts";
import type { Source } from "./sources.ts";
import { readWorktrees, type WorktreeFacts } from "./worktree-facts.ts";

/** A project that rows of the original's belong to. */
export interface Place {
  readonly id: string;
  readonly name: string;
  /** Where its repository lies, or lay on the machine that the rows come from. */
  readonly path: string;
  /** undefined = no repository is there. */
  readonly project: Project | undefined;
  readonly worktrees: WorktreeFacts;
}

/** Where the rows of the sources belong. */
export interface Places {
  /** The project that calm was started in. */
  readonly home: Place;
  /** By `project_path`. */
  readonly byPath: ReadonlyMap<string, Place>;
}

/** How places are found. */
export interface PlaceOptions {
  /** Give a repository that has none an identity, which is written into its git directory. */
  readonly keep: boolean;
  /** Take what belongs to repositories that are not on this machine into the current project. */
  readonly here: boolean;
}

/** Finds the project of every path that the sources name; git is asked once for each repository. */
export async function findPlaces(
  context: Context,
  sources: readonly Source[],
  options: PlaceOptions,
): Promise<Places> {
  const project = await context.project();
  const tasks = sources.flatMap(({ original }) => original.tables.tasks);
  const byId = new Map<string, Place>();
  const placeOf = async (found: Project): Promise<Place> => {
    const known = byId.get(found.id);
    if (known) return known;
    const { id, name, root } = found;
    const place = {
      id,
      name,
      path: root,
      project: found,
      worktrees: await readWorktrees(context, found, tasks),
    };
    byId.set(id, place);
    return place;
  };
  const home = await placeOf(project);
  const byPath = new Map<string, Place>();
  for (const path of new Set(tasks.map((row) => asText(row["project_path"] ?? null)))) {
    if (typeof path !== "string" || !isAbsolute(path)) continue;
    const found = await projectAt(context, path, options.keep);
    byPath.set(path, found ? await placeOf(found) : options.here ? home : missingPlace(path));
  }
  return { home, byPath };
}

/** The project of a path; that of the repository around it when it names a worktree that is gone. */
async function projectAt(context: Context, path: string, keep: boolean): Promise<Project | undefined> {
  const around = mainPath(path);
  return (await context.projectAt(path, keep)) ?? (await context.projectAt(around, keep));
}

function mainPath(path: string): string {
  return path.replace(/\/+$/, "").replace(/\/\.worktrees\/[^/]+$/, "");
}

/** A repository that is not on this machine: a project that is known by its path, the same in every run. */
function missingPlace(path: string): Place {
  const root = mainPath(path);
  const id = `P-${createHash("sha256").update(root).digest("hex").slice(0, 20)}`;
  return { id, name: basename(root) || root, path: root, project: undefined, worktrees: new Map() };
}
