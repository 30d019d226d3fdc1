import { databaseFailure } from "../database-failure.ts";
import { type Database, withoutWaiting } from "../sqlite.ts";
import type { Fragment, Outcome, Runner } from "./fragment.ts";

/** Whether a transaction waits for other processes that write, or is busy at once. */
export type Patience = "waits" | "only if free";

/** Runs statements on a database; while a transaction is open, those outside of it wait for its end. */
export class Connection implements Runner {
  readonly #database: Database;
  /** Ends with the last transaction that was asked for. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  async run(statement: Fragment): Promise<Outcome> {
    await this.#free;
    return this.#run(statement);
  }

  /** Runs a transaction, one after the other; what it did is taken back when it fails. */
  transaction<T>(work: (runner: Runner) => Promise<T>, patience: Patience = "waits"): Promise<T> {
    const turn = this.#free.then(() => this.#transact(work, patience));
    this.#free = turn.catch(() => undefined); // its caller hears of the failure; the next one only waits
    return turn;
  }

  async #transact<T>(work: (runner: Runner) => Promise<T>, patience: Patience): Promise<T> {
    let open = true;
    const run = async (statement: Fragment): Promise<Outcome> => {
      if (!open) throw new Error(`The transaction has ended: ${statement.text}`);
      return Promise.resolve(this.#run(statement));
    };
    this.#begin(patience);
    try {
      const result = await work({ run });
      this.#exec("commit");
      return result;
    } catch (error) {
      // On a full disk SQLite has rolled back by itself, and a second time would hide why.
      if (this.#database.isTransaction) this.#exec("rollback");
      throw error;
    } finally {
      open = false;
    }
  }

  /** Takes the write lock at the start: one that reads first and writes later would lose updates. */
  #begin(patience: Patience): void {
    const begin = (): void => {
      this.#exec("begin immediate");
    };
    if (patience === "waits") begin();
    else withoutWaiting(this.#database, begin);
  }

  #exec(text: string): void {
    this.#guarded(() => {
      this.#database.exec(text);
    });
  }

  #run({ text, values }: Fragment): Outcome {
    return this.#guarded(() => {
      const statement = this.#database.prepare(text);
      const bound = values as (string | number | null)[];
      if (statement.columns().length > 0) return { rows: statement.all(...bound) };
      return { rows: [], changed: BigInt(statement.run(...bound).changes) };
    });
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseFailure(error, this.#database.location() ?? "");
    }
  }
}
