import { changedColumns, nameRow, netChanges, type Row, type RowChange } from "../model/row-change.ts";
import { sql } from "./queries.ts";
import { lastNumber } from "./sequences.ts";
import { type Recording, recordings } from "./recorded-tables.ts";
import type { Reader, Writer } from "./store.ts";

/** The columns by which a table's rows are told apart. */
type Keys = ReadonlyMap<string, readonly string[]>;

async function readKeys({ db }: Reader, changes: readonly RowChange[]): Promise<Keys> {
  const keys = new Map<string, readonly string[]>();
  for (const { table } of changes) {
    if (keys.has(table)) continue;
    const { rows } = await sql<{ name: string }>`
      select name from pragma_table_info(${table}) where pk > 0 order by pk`.execute(db);
    keys.set(
      table,
      rows.map(({ name }) => name),
    );
  }
  return keys;
}

/** What some changes came to, each row once, in the order in which they were made. */
export async function netRows(store: Reader, changes: readonly RowChange[]): Promise<RowChange[]> {
  const keys = await readKeys(store, changes);
  return netChanges(changes, (table, row) => keyText(keys, table, row));
}

function keyText(keys: Keys, table: string, row: Row): string {
  return JSON.stringify((keys.get(table) ?? []).map((column) => row[column]));
}

/** The rows, in words, that are no longer as some changes left them. */
export async function findChangedSince(store: Reader, net: readonly RowChange[]): Promise<string[]> {
  const keys = await readKeys(store, net);
  const found: string[] = [];
  for (const change of net) {
    const difference = differenceOf(change, await readRow(store, keys, change));
    if (difference !== undefined) found.push(`${nameRow(change)} ${difference}`);
  }
  return found;
}

async function readRow({ db }: Reader, keys: Keys, change: RowChange): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from ${sql.table(change.table)} where ${isRow(keys, change)}`.execute(db);
  return rows[0];
}

function isRow(keys: Keys, { table, before, after }: RowChange) {
  const row = after ?? before ?? {};
  const columns = keys.get(table) ?? [];
  return sql.join(
    columns.map((column) => sql`${sql.ref(column)} = ${row[column] ?? null}`),
    sql` and `,
  );
}

function differenceOf(change: RowChange, now: Row | undefined): string | undefined {
  const { table, before, after } = change;
  if (after === null) return now ? "is there again" : undefined;
  if (!now) return "is gone";
  const columns = before === null ? lastingColumns(table, after) : changedColumns(change);
  const other = columns.find((column) => now[column] !== after[column]);
  return other === undefined ? undefined : `has changed (${other})`;
}

/** What calm fills in later by itself makes no row another one; a worker's sign of life does: it is at work. */
function lastingColumns(table: string, row: Row): string[] {
  const recording: Recording | undefined = recordings[table as keyof typeof recordings];
  const filled = table !== "workers" && recording.kind === "all" ? (recording.but ?? []) : [];
  return Object.keys(row).filter((column) => !filled.includes(column));
}

/**
 * Makes rows what they were before some changes. Gives in words what hangs on them and would go along: then the
 * transaction must not land.
 */
export async function putBack(tx: Writer, net: readonly RowChange[]): Promise<string[]> {
  const keys = await readKeys(tx, net);
  // Rows that hang on each other come one after the other; the whole is whole at the end.
  await sql`pragma defer_foreign_keys = on`.execute(tx.db);
  for (const change of net.toReversed()) await putRowBack(tx, keys, change);
  const removed = new Set(
    net.flatMap(({ table, before, after }) =>
      before === null && after ? `${table} ${keyText(keys, table, after)}` : [],
    ),
  );
  const gone = await listRemoved(tx);
  const all = await readKeys(tx, gone);
  return gone
    .filter(({ table, before }) => before && !removed.has(`${table} ${keyText(all, table, before)}`))
    .map(nameRow);
}

async function putRowBack({ db }: Writer, keys: Keys, change: RowChange): Promise<void> {
  const { before, after } = change;
  const table = sql.table(change.table);
  if (before === null) {
    await sql`delete from ${table} where ${isRow(keys, change)}`.execute(db);
    return;
  }
  if (after === null) {
    const columns = Object.keys(before);
    const names = sql.join(columns.map((column) => sql.ref(column)));
    const values = sql.join(columns.map((column) => before[column] ?? null));
    await sql`insert into ${table} (${names}) values (${values}) on conflict do nothing`.execute(db);
    return;
  }
  const set = changedColumns(change).map((column) => sql`${sql.ref(column)} = ${valueOf(change, column)}`);
  await sql`update ${table} set ${sql.join(set)} where ${isRow(keys, change)}`.execute(db);
}

/** What was counted meanwhile stays counted. */
function valueOf({ table, before, after }: RowChange, column: string) {
  const [was, left] = [before?.[column] ?? null, after?.[column]];
  if (table !== "counters" || typeof was !== "number" || typeof left !== "number") return sql`${was}`;
  return sql`max(0, ${sql.ref(column)} + ${was - left})`;
}

/** The rows that this transaction has removed since its last event. */
async function listRemoved(tx: Writer): Promise<RowChange[]> {
  const rows = await tx.db
    .selectFrom("changes")
    .select(["table_name", "before"])
    .where("project_id", "=", tx.project)
    .where("event", ">", await lastNumber(tx, "events"))
    .where("after", "is", null)
    .execute();
  return rows.map(({ table_name: table, before }) => ({
    ...{ table, before: before === null ? null : (JSON.parse(before) as Row), after: null },
  }));
}
