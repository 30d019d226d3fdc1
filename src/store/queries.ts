import type { Kysely, RawBuilder, Sql } from "kysely";
import { Delete, Insert, Update } from "./sql/changes.ts";
import { Connection, type Patience } from "./sql/connection.ts";
import type { Runner } from "./sql/fragment.ts";
import { Select } from "./sql/select.ts";
import { template } from "./sql/template.ts";
import { closeDatabase, type Database } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

/** Where queries begin. They have kysely's types and are written by `sql/`, which knows of kysely only what calm uses. */
export type Queries = Pick<
  Kysely<Tables>,
  "selectFrom" | "insertInto" | "updateTable" | "deleteFrom" | "getExecutor"
>;

/** The queries of an open database. */
export interface Connected extends Queries {
  /** Runs an immediate transaction; queries outside of it wait for its end. */
  transaction<T>(work: (tx: Queries) => Promise<T>, patience?: Patience): Promise<T>;
  /** Closes the database; a second call does nothing. */
  close(): void;
}

type Tag = <Row = unknown>(texts: TemplateStringsArray, ...values: readonly unknown[]) => RawBuilder<Row>;

/** SQL that is written out, as a part of a query or a whole one. */
export const sql = template as unknown as Tag & Pick<Sql, "ref" | "table" | "lit" | "raw" | "join">;

/** The one place where kysely's types are given to what is ours; a test holds both against each other. */
function queriesOn(runner: Runner): Queries {
  const verbs = {
    selectFrom: (table: string) => Select.from(runner, table),
    insertInto: (table: string) => Insert.into(runner, table),
    updateTable: (table: string) => Update.of(runner, table),
    deleteFrom: (table: string) => Delete.from(runner, table),
    getExecutor: () => runner,
  };
  return verbs as unknown as Queries;
}

/** The queries of an open database. */
export function queriesOf(database: Database): Connected {
  const connection = new Connection(database);
  return {
    ...queriesOn(connection),
    transaction: (work, patience) => connection.transaction((runner) => work(queriesOn(runner)), patience),
    close: () => {
      closeDatabase(database);
    },
  };
}
