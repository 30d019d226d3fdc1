import { assignments, type Condition, condition, type Written } from "./expressions.ts";
import {
  aliased,
  columnName,
  Fragment,
  join,
  operand,
  parenthesized,
  reference,
  type Runner,
} from "./fragment.ts";
import { clause, Query } from "./query.ts";

function names(columns: readonly string[]): Fragment {
  return parenthesized(join(columns.map(columnName), ", "));
}

/** `insert into …`. */
export class Insert extends Query<"into" | "values" | "conflict" | "returning"> {
  protected override readonly counter = "numInsertedOrUpdatedRows";

  static into(runner: Runner, table: string): Insert {
    return new Insert(runner, {
      into: clause("insert into ", " ", aliased(table)),
      values: clause("values ", ", "),
      conflict: clause("on conflict ", ""),
      returning: clause("returning ", ", "),
    });
  }

  /** One row or several; a column that only some of them have is null in the others. */
  values(given: object | readonly object[]): this {
    const rows = [given].flat().map((row) => new Map(Object.entries(row).filter(isGiven)));
    const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const cell = (row: Map<string, unknown>, column: string): Fragment =>
      row.has(column) ? operand(row.get(column)) : new Fragment("null");
    const written = rows.map((row) => columns.map((column) => cell(row, column)));
    return this.with("into", names(columns)).with(
      "values",
      ...written.map((cells) => parenthesized(join(cells, ", "))),
    );
  }

  /** What happens where a row of the same key is there. */
  onConflict(write: (conflict: typeof onConflict) => Fragment): this {
    return this.with("conflict", write(onConflict));
  }

  returning(column: string): this {
    return this.with("returning", reference(column));
  }
}

function isGiven([, value]: [string, unknown]): boolean {
  return value !== undefined;
}

const onConflict = {
  column: (name: string) => onConflict.columns([name]),
  columns: (keys: readonly string[]) => ({
    doNothing: () => join([names(keys), new Fragment("do nothing")], " "),
    doUpdateSet: (change: Written<object>) =>
      join([names(keys), new Fragment("do update set"), join(assignments(change), ", ")], " "),
  }),
};

/** `update … set …`. */
export class Update extends Query<"table" | "set" | "where"> {
  protected override readonly counter = "numUpdatedRows";

  static of(runner: Runner, table: string): Update {
    return new Update(runner, {
      table: clause("update ", "", aliased(table)),
      set: clause("set ", ", "),
      where: clause("where ", " and "),
    });
  }

  /** The columns that change; one that is undefined stays. */
  set(change: Written<object>): this {
    return this.with("set", ...assignments(change));
  }

  where(...given: Condition): this {
    return this.with("where", condition(given));
  }
}

/** `delete from …`. */
export class Delete extends Query<"from" | "where"> {
  protected override readonly counter = "numDeletedRows";

  static from(runner: Runner, table: string): Delete {
    return new Delete(runner, {
      from: clause("delete from ", "", aliased(table)),
      where: clause("where ", " and "),
    });
  }

  where(...given: Condition): this {
    return this.with("where", condition(given));
  }
}
