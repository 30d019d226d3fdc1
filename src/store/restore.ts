import { Failure } from "../failure.ts";
import { failpoint } from "../system/failpoint.ts";
import { openJournal } from "./journal.ts";
import { requireNotLost } from "./leases.ts";
import { type Queries, queriesOf, sql } from "./queries.ts";
import { replaceRows } from "./replace-rows.ts";
import { closeDatabase, type Database } from "./sqlite.ts";
import { inTurn, type Stamp, type Writer, writerOf } from "./store.ts";
import { compareWithBackup, listUnconcerned, type TurnedBack } from "./turned-back.ts";

/** State of the open operation that a restore leaves in each project until its repository has been looked at. */
const reconcile = "reconcile";

/** What a restore does to a database. */
export interface Comparison {
  readonly projects: readonly TurnedBack[];
  /** Names of projects that the backup does not know. */
  readonly unconcerned: readonly string[];
}

/** How a restore is told in each project's log, and under which id its repository is looked at afterwards. */
export interface RestoreNote {
  readonly backup: string;
  /** What keeps the state before; undefined when there was none. */
  readonly kept: string | undefined;
  readonly newOperation: () => string;
}

/** Says what a restore would do to a database, which is closed. */
export async function compare(database: Database, copy: string): Promise<Comparison> {
  try {
    attach(database, copy);
    const db = queriesOf(database);
    return { projects: await compareWithBackup(db), unconcerned: await listUnconcerned(db) };
  } finally {
    closeDatabase(database);
  }
}

/** Who is in the middle of something that the rows are needed for. */
export interface Holder {
  readonly pid: number;
  readonly started: string;
}

/** What replacing rows asks of its caller. */
export interface Replacing {
  readonly stamp: Stamp;
  readonly isAlive: (holder: Holder) => boolean;
  /** Keeps the state before, while nobody can write; gives the note of this restore. */
  readonly keep: () => Promise<RestoreNote>;
}

/**
 * Turns the projects of a prepared copy back, in one transaction: readers keep what they see, writers wait, and a kill
 * leaves everything as it was. The database is closed. Failure busy while a living process needs the rows; a worker that
 * has lost its lease is refused.
 */
export async function restoreRows(
  database: Database,
  copy: string,
  { stamp, isAlive, keep }: Replacing,
): Promise<Comparison & { readonly operations: ReadonlyMap<string, string> }> {
  try {
    attach(database, copy);
    const db = queriesOf(database);
    return await inTurn(() =>
      db.transaction(async (tx) => {
        const { worker } = stamp.actor;
        if (worker !== undefined) await requireNotLost({ db: tx }, worker, stamp.now());
        await requireNothingUnderWay(tx, stamp.host, isAlive);
        const note = await keep();
        const found = { projects: await compareWithBackup(tx), unconcerned: await listUnconcerned(tx) };
        failpoint("restore.kept");
        await replaceRows(tx);
        failpoint("restore.replaced");
        return { ...found, operations: await noteRestore({ db: tx, stamp }, found.projects, note) };
      }),
    );
  } finally {
    closeDatabase(database);
  }
}

/** Tells the restore in a prepared copy that is to become the database itself; the copy is closed. */
export async function noteInCopy(
  database: Database,
  stamp: Stamp,
  projects: readonly TurnedBack[],
  note: RestoreNote,
): Promise<ReadonlyMap<string, string>> {
  try {
    const db = queriesOf(database);
    return await db.transaction((tx) => noteRestore({ db: tx, stamp }, projects, note));
  } finally {
    closeDatabase(database);
  }
}

function attach(database: Database, copy: string): void {
  database.exec(`attach database '${copy.replaceAll("'", "''")}' as backup`);
}

/** A merge or a gate run would record its end into rows that are no longer its own. */
async function requireNothingUnderWay(
  tx: Queries,
  host: string,
  isAlive: (holder: Holder) => boolean,
): Promise<void> {
  const concerned = sql`host = ${host} and project_id in (select id from backup.projects)`;
  const { rows } = await sql<Holder & { what: string; task: string | null }>`
    select operation as what, task_id as task, pid, pid_started as started from main.journal
      where ended_at is null and ${concerned}
    union all
    select 'gate check', task_id, pid, pid_started from main.gate_runs
      where state = 'running' and ${concerned}`.execute(tx);
  const living = rows.find((row) => isAlive(row));
  if (!living) return;
  const what = `calm ${living.what}${living.task === null ? "" : ` ${living.task}`}`;
  throw new Failure("busy", `${what} is under way (process ${living.pid})`, {
    hint: "Wait until it has ended, then run the same command again",
    details: { pid: living.pid, operation: living.what, task: living.task },
  });
}

/** An event in each project, and an open operation that ends when its repository has been looked at. */
async function noteRestore(
  { db, stamp }: Pick<Writer, "db" | "stamp">,
  projects: readonly TurnedBack[],
  { backup, kept, newOperation }: RestoreNote,
): Promise<ReadonlyMap<string, string>> {
  const operations = new Map<string, string>();
  for (const { id: project, tasks_now, tasks_then, events_lost } of projects) {
    const tx = writerOf(db, project, stamp);
    // What an earlier restore left to be looked at is looked at for this one.
    await db
      .updateTable("journal")
      .set({ state: "superseded", ended_at: stamp.now() })
      .where("project_id", "=", project)
      .where("state", "=", reconcile)
      .where("ended_at", "is", null)
      .execute();
    const operation = newOperation();
    const data = { kind: "restore", backup, kept: kept ?? null };
    await openJournal(tx, { id: operation, state: reconcile, data });
    const before = kept === undefined ? "" : `; the state before is kept as ${kept}`;
    await tx.event({
      summary: `restored the backup ${backup}${before}`,
      data: { ...data, operation, tasks_now, tasks_then, events_lost },
      undo: { instead: kept === undefined ? "calm backup list" : `calm backup restore ${kept}` },
    });
    operations.set(project, operation);
  }
  return operations;
}
