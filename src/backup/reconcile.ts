import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { administer } from "../merge/administer.ts";
import { RestoreJournal } from "../merge/reconcile-merges.ts";
import { findJournal } from "../store/journal.ts";
import { openOrCreate } from "../store/open-database.ts";
import { findRoots } from "../store/projects.ts";
import { queriesOf } from "../store/queries.ts";
import type { TurnedBack } from "../store/turned-back.ts";

/** A project's repository compared with its restored rows. */
export interface Reconciled {
  /** False = still to be done; the warning says why. */
  readonly reconciled: boolean;
  readonly merges: NonNullable<RestoreJournal["merges"]>;
  readonly taken_back: NonNullable<RestoreJournal["taken_back"]>;
  readonly gone: NonNullable<RestoreJournal["gone"]>;
}

const later = "the next worktree create, merge or remove there does it";

/** Makes a restored project agree with its repository, where that is; what cannot be done now is told. */
export async function reconcileProject(
  context: Context,
  project: TurnedBack,
  operation: string,
): Promise<Reconciled> {
  const roots = await rootsOf(context, project.id);
  const problems: string[] = [];
  for (const root of roots) {
    try {
      const done = await context.inProject(root, (there) => reconcileThere(there, project.id, operation));
      if (done) return done;
      problems.push(`${root} is another project now`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(error.message);
    }
  }
  const why = problems.length === 0 ? "no place of its repository is known here" : problems.join("; ");
  context.warn(`The merges of ${project.name} were not compared with its repository: ${why}; ${later}`);
  return { reconciled: false, merges: [], taken_back: [], gone: [] };
}

async function rootsOf(context: Context, project: string): Promise<string[]> {
  const db = queriesOf(openOrCreate(context.home.database, context.newId("B")));
  try {
    return await findRoots(db, project, context.host);
  } finally {
    db.close();
  }
}

/** Recovery does it, as it would after a kill: the operation is open, and whoever takes the repository lock ends it. */
async function reconcileThere(
  there: Context,
  project: string,
  operation: string,
): Promise<Reconciled | undefined> {
  if ((await there.project()).id !== project) return undefined;
  await administer(there, () => Promise.resolve());
  const entry = await findJournal(await there.store(), operation);
  const { merges = [], taken_back = [], gone = [] } = RestoreJournal.parse(entry?.data);
  return { reconciled: entry?.ended_at != null, merges, taken_back, gone };
}
