import { closeDatabase, openDatabase } from "../../src/store/sqlite.ts";

/** Rows of each table, as text in the order of the key, so that two dumps can be compared. */
export type Dump = Readonly<Record<string, readonly string[]>>;

/** The answer of one query on a database file; opened, asked and closed. */
export function query<T>(path: string, sql: string, ...parameters: readonly (string | number)[]): T[] {
  const database = openDatabase(path);
  try {
    return database.prepare(sql).all(...parameters) as T[];
  } finally {
    closeDatabase(database);
  }
}

/** Runs statements on a database file, as another program would. */
export function change(path: string, sql: string): void {
  const database = openDatabase(path);
  try {
    database.exec(sql);
  } finally {
    closeDatabase(database);
  }
}

/** Holds the only write of a database file, as another program in the midst of it does, until the work is done. */
export async function whileWritten<T>(path: string, work: () => Promise<T>): Promise<T> {
  const writer = openDatabase(path);
  try {
    writer.exec("begin immediate");
    return await work();
  } finally {
    closeDatabase(writer); // takes back what was not committed
  }
}

/** Everything that a database holds, but for the tables and columns named. */
export function dump(
  path: string,
  without: readonly string[] = [],
  withoutColumns: readonly string[] = [],
): Dump {
  const database = openDatabase(path);
  try {
    const names = database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%'")
      .all() as {
      name: string;
    }[];
    const tables = names.map(({ name }) => name).filter((name) => !without.includes(name));
    return Object.fromEntries(
      tables.map((name) => [
        name,
        (database.prepare(`select * from ${name}`).all() as Record<string, unknown>[]).map((row) =>
          JSON.stringify(row, (key, value: unknown) => (withoutColumns.includes(key) ? undefined : value)),
        ),
      ]),
    );
  } finally {
    closeDatabase(database);
  }
}

/** The schema of a database file as SQL, tables before what hangs on them. */
export function schemaOf(path: string): string {
  const rows = query<{ sql: string }>(
    path,
    "select sql from sqlite_master where sql is not null and name not like 'sqlite%' order by rowid",
  );
  return rows.map(({ sql }) => `${sql};\n`).join("\n");
}
