import { type Condition, condition, Join, type Written, written } from "./expressions.ts";
import { aliased, Fragment, join, operand, reference, type Runner } from "./fragment.ts";
import { clause, Query } from "./query.ts";

type Clauses = "select" | "columns" | "from" | "joins" | "where" | "unions" | "order" | "limit";
type Column = string | Fragment;
/** How a table is joined: by a column of each, or by what the callback says. */
type On = [(join: Join) => Join] | [column: string, other: string];

/** `select … from …`. */
export class Select extends Query<Clauses> {
  /** All of a table, which may get another name: `tasks as t`. */
  static from(runner: Runner, table: string): Select {
    return new Select(runner, {
      select: clause("", " ", new Fragment("select")),
      columns: clause("", ", "),
      from: clause("from ", "", aliased(table)),
      joins: clause("", " "),
      where: clause("where ", " and "),
      unions: clause("", " "),
      order: clause("order by ", ", "),
      limit: clause("limit ", ""),
    });
  }

  select(given: Written<Column | readonly Column[]>): this {
    const columns = [written(given)].flat();
    return this.with("columns", ...columns.map((one) => (typeof one === "string" ? aliased(one) : one)));
  }

  selectAll(table?: string): this {
    return this.with("columns", new Fragment(table === undefined ? "*" : `${reference(table).text}.*`));
  }

  distinct(): this {
    return this.with("select", new Fragment("distinct"));
  }

  innerJoin(table: string, ...on: On): this {
    return this.#join("inner join", table, on);
  }

  leftJoin(table: string, ...on: On): this {
    return this.#join("left join", table, on);
  }

  #join(word: string, table: string, on: On): this {
    const { conditions } = on.length === 1 ? on[0](new Join()) : new Join().onRef(on[0], "=", on[1]);
    const joined = [new Fragment(word), aliased(table), new Fragment("on"), join(conditions, " and ")];
    return this.with("joins", join(joined, " "));
  }

  where(...given: Condition): this {
    return this.with("where", condition(given));
  }

  union(other: Select): this {
    return this.with("unions", join([new Fragment("union"), other.statement], " "));
  }

  orderBy(column: string, direction?: "asc" | "desc"): this {
    const ordered = reference(column);
    return this.with("order", direction ? join([ordered, new Fragment(direction)], " ") : ordered);
  }

  limit(most: number): this {
    return this.with("limit", operand(most));
  }
}
