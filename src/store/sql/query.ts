import { Fragment, join, Operand, parenthesized, type Runner } from "./fragment.ts";

/** A clause of a query: its word, its parts, and what stands between them. */
export interface Clause {
  readonly word: string;
  readonly between: string;
  readonly parts: readonly Fragment[];
}

/** A clause; one without parts is not written. */
export function clause(word: string, between: string, ...parts: readonly Fragment[]): Clause {
  return { word, between, parts };
}

/** The clauses of a query in the order in which SQL wants them, whatever the order of the steps is. */
type Clauses<Name extends string> = Readonly<Record<Name, Clause>>;

/** A query that is being written. Each step gives a new one, so that one may go on in several ways. */
export abstract class Query<Name extends string> extends Operand {
  readonly #runner: Runner;
  readonly #clauses: Clauses<Name>;

  constructor(runner: Runner, clauses: Clauses<Name>) {
    super();
    this.#runner = runner;
    this.#clauses = clauses;
  }

  /** The same query with more parts in one of its clauses. */
  protected with(name: Name, ...more: readonly Fragment[]): this {
    const { word, between, parts } = this.#clauses[name];
    const clauses = { ...this.#clauses, [name]: clause(word, between, ...parts, ...more) };
    const Same = this.constructor as new (runner: Runner, clauses: Clauses<Name>) => this;
    return new Same(this.#runner, clauses);
  }

  /** The query as it is run. */
  get statement(): Fragment {
    const written = Object.values<Clause>(this.#clauses).filter(({ parts }) => parts.length > 0);
    const pieces = written.map(({ word, between, parts }) =>
      join([new Fragment(word), join(parts, between)], ""),
    );
    return join(pieces, " ");
  }

  override toFragment(): Fragment {
    return parenthesized(this.statement);
  }

  /** What the number of changed rows is called in what the query gives. */
  protected readonly counter: string = "";

  /** The rows, or one object with the number of changed rows. */
  async execute(): Promise<readonly unknown[]> {
    const { rows, changed } = await this.#runner.run(this.statement);
    return changed === undefined ? rows : [{ [this.counter]: changed }];
  }

  /** The first of what `execute` gives. */
  async executeTakeFirst(): Promise<unknown> {
    return (await this.execute())[0];
  }

  /** The first of what `execute` gives, where there must be one. */
  async executeTakeFirstOrThrow(): Promise<unknown> {
    const first = await this.executeTakeFirst();
    if (first === undefined) throw new Error(`No row: ${this.statement.text}`);
    return first;
  }
}
