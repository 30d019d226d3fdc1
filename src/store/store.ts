import type { Actor } from "../model/event.ts";
import { closeChanges, forgetUntold } from "./changes.ts";
import { addEvents, type NewEvent } from "./events.ts";
import { type Queries, queriesOf } from "./queries.ts";
import type { Patience } from "./sql/connection.ts";
import type { Database } from "./sqlite.ts";

/** Who writes, as what, and when. */
export interface Stamp {
  readonly operation: string;
  /** This call of calm: what it writes is taken back as a whole. */
  readonly run: string;
  readonly actor: Actor;
  readonly host: string;
  /** This process: what a successor needs to tell whether it still lives. */
  readonly process: { readonly pid: number; readonly started: string };
  now(): string;
}

/** What queries need: where they begin, and the one project that they may see. */
export interface Reader {
  readonly db: Queries;
  readonly project: string;
}

/** A write transaction; only `Store.write` and the two `housekeep`s make one. */
export interface Writer extends Reader {
  readonly stamp: Stamp;
  /** Records what this transaction does. */
  event(event: NewEvent): Promise<void>;
  /** Records many things of one kind at once, as an import does. */
  events(events: readonly NewEvent[]): Promise<void>;
}

/** calm's memory of one project. */
export interface Store extends Reader {
  /** One immediate transaction that records at least one event; nothing slow may happen inside. */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>;
  /** One immediate transaction for calm's own upkeep (journal, leases, running rows), which is no event. */
  housekeep<T>(work: (tx: Writer) => Promise<T>): Promise<T>;
  /** The same for upkeep that may as well be left: Failure busy at once while another process writes. */
  housekeepIfFree<T>(work: (tx: Writer) => Promise<T>): Promise<T>;
  /** The same store, whose events belong to another call: the one that was interrupted and is finished now. */
  forRun(run: string): Store;
  close(): Promise<void>;
}

// A second writer of this process would block, in SQLite, the very thread that the first one needs to end.
let lastWrite: Promise<unknown> = Promise.resolve();

/** Runs writes of this process one after the other. */
export function inTurn<T>(write: () => Promise<T>): Promise<T> {
  const turn = lastWrite.then(write);
  lastWrite = turn.catch(() => undefined); // its caller hears of the failure; the next one only waits
  return turn;
}

/** The writer of a transaction that is open already. */
export function writerOf(
  db: Reader["db"],
  project: string,
  stamp: Stamp,
  recorded?: (first: number, last: number) => void,
): Writer {
  const tx: Writer = {
    db,
    project,
    stamp,
    event: (event) => tx.events([event]),
    events: async (added) => {
      if (added.length === 0) return;
      const last = await addEvents(tx, added);
      recorded?.(last - added.length + 1, last);
    },
  };
  return tx;
}

/** The same transaction, writing into another project. */
export function forProject(tx: Writer, project: string): Writer {
  return writerOf(tx.db, project, tx.stamp);
}

/** Binds an open database to a project. */
export function createStore(database: Database, project: string, stamp: Stamp): Store {
  const db = queriesOf(database);
  const transact = <T>(
    work: (tx: Writer) => Promise<T>,
    { needsEvent = false, patience }: { needsEvent?: boolean; patience?: Patience } = {},
  ): Promise<T> => {
    return inTurn(() =>
      db.transaction(async (transaction) => {
        let told: readonly [first: number, last: number] | undefined;
        const tx = writerOf(
          transaction,
          project,
          stamp,
          (first, last) => (told = [told?.[0] ?? first, last]),
        );
        await forgetUntold(tx);
        const result = await work(tx);
        if (told) await closeChanges(tx, ...told);
        else if (needsEvent) throw new Error(`${stamp.operation} wrote without an event`);
        return result;
      }, patience),
    );
  };
  return {
    db,
    project,
    write: (work) => transact(work, { needsEvent: true }),
    housekeep: (work) => transact(work),
    housekeepIfFree: (work) => transact(work, { patience: "only if free" }),
    forRun: (run) => createStore(database, project, { ...stamp, run }),
    close: () => {
      db.close();
      return Promise.resolve();
    },
  };
}
