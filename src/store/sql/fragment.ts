/** What a statement came to: its rows, or how many rows it changed if it gives none. */
export interface Outcome {
  readonly rows: readonly unknown[];
  readonly changed?: bigint;
}

/** Where statements are run. */
export interface Runner {
  run(statement: Fragment): Promise<Outcome>;
}

/** What a value of a query may be instead: a piece of SQL. */
export abstract class Operand {
  /** The piece as it stands among others. */
  abstract toFragment(): Fragment;
}

/** A piece of SQL, or a whole statement, and the values of its question marks in their order. */
export class Fragment extends Operand {
  readonly text: string;
  readonly values: readonly unknown[];

  constructor(text: string, values: readonly unknown[] = []) {
    super();
    this.text = text;
    this.values = values;
  }

  override toFragment(): this {
    return this;
  }

  /** The piece under a name. */
  as(name: string): Fragment {
    return new Fragment(`${this.text} as ${quoted(name)}`, this.values);
  }

  /** Runs what is a whole statement. */
  execute(db: { getExecutor(): Runner }): Promise<Outcome> {
    return db.getExecutor().run(this);
  }
}

/** Pieces one after the other. */
export function join(fragments: readonly Fragment[], between: string): Fragment {
  return new Fragment(
    fragments.map(({ text }) => text).join(between),
    fragments.flatMap(({ values }) => values),
  );
}

/** A piece in parentheses. */
export function parenthesized({ text, values }: Fragment): Fragment {
  return new Fragment(`(${text})`, values);
}

/** A value, which is bound, or the piece of SQL that stands for it. */
export function operand(value: unknown): Fragment {
  return value instanceof Operand ? value.toFragment() : new Fragment("?", [value]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A column of the one table that is changed. */
export function columnName(name: string): Fragment {
  return new Fragment(quoted(name));
}

/** A table or column by its name, which may begin with what it belongs to: `tasks.id`. */
export function reference(name: string): Fragment {
  return new Fragment(name.split(".").map(quoted).join("."));
}

/** A table or column that may get another name: `tasks.id as task`. */
export function aliased(name: string): Fragment {
  const [origin = "", alias] = name.split(" as ");
  return alias === undefined ? reference(origin) : reference(origin).as(alias);
}
