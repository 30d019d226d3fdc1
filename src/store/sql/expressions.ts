import { columnName, Fragment, join, operand, parenthesized, reference } from "./fragment.ts";

/** What is compared: a column, or a piece of SQL. */
type Side = string | Fragment;

function side(given: Side): Fragment {
  return typeof given === "string" ? reference(given) : given;
}

/** `"left" = ?`; a list is in parentheses, and what is null is so by its word, since no value equals it. */
function compare(left: Side, operator: string, right: unknown): Fragment {
  const compared = Array.isArray(right) ? parenthesized(join(right.map(operand), ", ")) : operand(right);
  const isNull = right === null && operator.startsWith("is");
  return join([side(left), new Fragment(operator), isNull ? new Fragment("null") : compared], " ");
}

function call(name: string, inputs: readonly Side[]): Fragment {
  return join([new Fragment(`${name}(`), join(inputs.map(side), ", "), new Fragment(")")], "");
}

/** What callbacks write expressions with: `eb("tasks.id", "=", id)`, `eb.or([…])`, `eb.fn("max", […])`. */
const expressions = Object.assign(compare, {
  val: (value: unknown) => operand(value),
  or: (conditions: readonly Fragment[]) => parenthesized(join(conditions, " or ")),
  fn: Object.assign(call, {
    countAll: () => new Fragment("count(*)"),
    min: (column: Side) => call("min", [column]),
  }),
});

type Writing<T> = (eb: typeof expressions) => T;
/** Something, or a function that writes it. */
export type Written<T> = T | Writing<T>;

function isWriting<T>(given: Written<T>): given is Writing<T> {
  return typeof given === "function";
}

/** What is given, or what the given function writes. */
export function written<T>(given: Written<T>): T {
  return isWriting(given) ? given(expressions) : given;
}

/** A condition in the ways of `where`: three parts, a piece of SQL, or a function that writes one. */
export type Condition = [Side, string, unknown] | [Written<Fragment>];

/** The piece of SQL of a condition. */
export function condition(given: Condition): Fragment {
  return given.length === 3 ? compare(...given) : written(given[0]);
}

/** `"column" = ?` for each column that has a value. */
export function assignments(given: Written<object>): Fragment[] {
  return Object.entries(written(given))
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => compare(columnName(column), "=", value));
}

/** Which rows of two tables belong together. */
export class Join {
  readonly conditions: readonly Fragment[];

  constructor(conditions: readonly Fragment[] = []) {
    this.conditions = conditions;
  }

  /** Compares two columns. */
  onRef(left: string, operator: string, right: string): Join {
    return new Join([...this.conditions, compare(left, operator, reference(right))]);
  }
}
