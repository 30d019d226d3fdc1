import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { becomeDatabase, realPlace, setAside } from "../store/disaster.ts";
import { openOrCreate } from "../store/open-database.ts";
import { type Comparison, noteInCopy, type RestoreNote, restoreRows } from "../store/restore.ts";
import { openDatabase } from "../store/sqlite.ts";
import type { Stamp } from "../store/store.ts";
import { failpoint } from "../system/failpoint.ts";
import { isOpenElsewhere } from "../system/open-files.ts";
import { isAlive, ownIdentity } from "../system/process-identity.ts";
import { createBackup } from "./create-backup.ts";
import type { RestorePlan } from "./plan-restore.ts";

/** What a restore did to the database. */
export interface Restored {
  readonly comparison: Comparison;
  /** Project → the open operation that ends when its repository has been looked at. */
  readonly operations: ReadonlyMap<string, string>;
  /** Name of the backup that keeps the state before. */
  readonly kept: string | null;
  /** Where a damaged database lies now. */
  readonly damaged: string | null;
}

/** Carries a restore out: in place where there is a good database, else as a new file. */
export async function restoreBackup(context: Context, plan: RestorePlan): Promise<Restored> {
  const { operation, actor, host } = context;
  // Nothing of it can be taken back, so no other call needs to be told from it.
  const who = { run: operation, actor, host, process: ownIdentity() };
  const stamp: Stamp = { operation, ...who, now: () => context.now() };
  if (plan.live === "good") return { ...(await turnBack(context, plan, stamp)), damaged: null };
  const note = noteOf(context, plan, undefined);
  const operations = await noteInCopy(openDatabase(plan.copy), stamp, plan.comparison.projects, note);
  const place = realPlace(context.home.database);
  if (plan.live === "damaged") await requireUnused(place);
  const damaged = setAside(place, context.now()) ?? null;
  if (becomeDatabase(plan.copy, place, context.newId("B"))) {
    return { comparison: plan.comparison, operations, kept: null, damaged };
  }
  // Another process has begun a new database meanwhile, which is as good as any other.
  return { ...(await turnBack(context, plan, stamp)), damaged };
}

async function turnBack(
  context: Context,
  plan: RestorePlan,
  stamp: Stamp,
): Promise<Omit<Restored, "damaged">> {
  let kept: string | null = null;
  const keep = async (): Promise<RestoreNote> => {
    kept = (await createBackup(context, { prefix: "before-restore_" })).name;
    return noteOf(context, plan, kept);
  };
  const live = openOrCreate(context.home.database, context.newId("B"));
  const { operations, ...comparison } = await restoreRows(live, plan.copy, { stamp, isAlive, keep });
  failpoint("restore.committed");
  return { comparison, operations, kept };
}

function noteOf(context: Context, { backup }: RestorePlan, kept: string | undefined): RestoreNote {
  return { backup: backup.name, kept, newOperation: () => context.newId("OP") };
}

/** Whoever has it open would go on writing into the damaged file. */
async function requireUnused(path: string): Promise<void> {
  if (!(await isOpenElsewhere(path))) return;
  throw new Failure("busy", `The damaged database is open in another process: ${path}`, {
    hint: "End the other calm processes, then run the same command again",
  });
}
