import type { Database } from "./sqlite.ts";

/** What a column holds, as calm's tables have it. */
type Value = string | number | null;

/**
 * The rows of `select <columns> <rest>`, in no promised order. They are handed to a function: a prepared statement
 * would keep the file open beyond `close`, and a file that is to be moved or counted by hundreds must be let go.
 */
export function ask(database: Database, columns: string, rest: string): Value[][] {
  const rows: Value[][] = [];
  const tell = (...values: Value[]): null => {
    rows.push(values);
    return null;
  };
  database.function("calm_tell", { varargs: true }, tell);
  database.exec(`select calm_tell(${columns}) ${rest}`);
  return rows;
}

/** The one number that a query answers. */
export function askNumber(database: Database, expression: string, rest = ""): number {
  return Number(ask(database, expression, rest)[0]?.[0]);
}
