import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { adoptDatabase } from "../store/original/adopt.ts";
import { nothingHere, readHere } from "../store/original/here.ts";
import { lookAtDatabase } from "../store/original/open-source.ts";
import type { Original } from "../store/original/original-row.ts";
import { ownIdentity } from "../system/process-identity.ts";
import { carryOut } from "./carry-out.ts";
import { findPlaces, type Places } from "./places.ts";
import { planTakeOver } from "./plan.ts";
import type { PlannedRow } from "./planned-row.ts";
import { readSources, type Source } from "./sources.ts";

/** What is to be taken over, and how. */
export interface TakeOverOptions {
  readonly file: string | undefined;
  readonly dryRun: boolean;
  readonly here: boolean;
}

/** What was taken over, or would be. */
export interface TakeOver {
  readonly sources: readonly Source[];
  readonly places: Places;
  readonly rows: readonly PlannedRow[];
  /** The copy of a database that was adopted in place. */
  readonly backup: string | null;
}

/** Takes over what the original left: reads, plans, and carries the plan out in one transaction. */
export async function takeOverOriginal(context: Context, options: TakeOverOptions): Promise<TakeOver> {
  const sources = await readSources(context, options.file);
  const places = await findPlaces(context, sources, { keep: !options.dryRun, here: options.here });
  const found = { sources, places };
  if (options.dryRun) return { ...found, rows: await rehearse(context, sources, places), backup: null };
  const home = sources.find(({ place }) => place === "home");
  const adopted = home && (await adopt(context, home, found));
  if (adopted) return { ...found, ...adopted };
  const store = await context.store();
  const rows = await store.housekeep(async (tx) => {
    const planned = planTakeOver(sources, places, await readHere(tx), context.now());
    await carryOut(context, tx, places, planned);
    return planned;
  });
  return { ...found, rows, backup: null };
}

async function rehearse(
  context: Context,
  sources: readonly Source[],
  places: Places,
): Promise<readonly PlannedRow[]> {
  const isThere = lookAtDatabase(context.home.database) === "own";
  const here = isThere ? await readHere(await context.store()) : nothingHere;
  return planTakeOver(sources, places, here, context.now());
}

/** Adopts the database in place; undefined when another process has just done it. */
async function adopt(
  context: Context,
  home: Source,
  { sources, places }: Pick<TakeOver, "sources" | "places">,
): Promise<Pick<TakeOver, "rows" | "backup"> | undefined> {
  const { operation, actor, host } = context;
  const now = context.now();
  const backup = join(
    context.home.root,
    "backups",
    `metadata.db.pre-migrate-${now.replaceAll(/[:.]/g, "-")}`,
  );
  let rows: readonly PlannedRow[] = [];
  const adoption = {
    ...{ path: home.path, backup, project: places.home.id },
    stamp: { operation, run: operation, actor, host, process: ownIdentity(), now: () => now },
  };
  const isAdopted = await adoptDatabase(adoption, async (tx, original) => {
    requireKnownPaths(original, places);
    const read = sources.map((one) => (one === home ? { ...home, original } : one));
    rows = planTakeOver(read, places, nothingHere, now);
    await carryOut(context, tx, places, rows);
  });
  return isAdopted ? { rows, backup } : undefined;
}

/** Git was asked before the file was held; what was written in between may name a repository that nobody looked for. */
function requireKnownPaths(original: Original, { byPath }: Places): void {
  const isKnown = original.tables.tasks.every(({ project_path: path }) => {
    return typeof path !== "string" || !path.startsWith("/") || byPath.has(path);
  });
  if (isKnown) return;
  throw new Failure("lost_race", "The database of the original was written while it was read", {
    hint: "End its programs, then try again: calm migrate",
  });
}
