import type { RowChange } from "../model/row-change.ts";
import { sql } from "./queries.ts";
import { lastNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** For so many events back it is kept what they changed. */
const kept = 500;

/** Forgets what was changed without an event since the last one: upkeep, and what other programs did. */
export async function forgetUntold({ db, project }: Writer): Promise<void> {
  const last = sql`coalesce((select value from sequences where project_id = ${project} and name = 'events'), 0)`;
  await sql`delete from changes where project_id = ${project} and event > ${last}`.execute(db);
}

/** Gives what was changed behind the last event of a transaction to that event, and forgets what is too old for it. */
export async function closeChanges({ db, project }: Writer, first: number, last: number): Promise<void> {
  // Numbers within an event go on: no two of its changes may have the same one.
  await sql`update changes set event = ${last}, id = id + 1 + coalesce(
      (select max(id) from changes where project_id = ${project} and event = ${last}), 0)
    where project_id = ${project} and event > ${last}`.execute(db);
  await sql`delete from changes where project_id = ${project} and event <= ${first - kept}`.execute(db);
}

/** Leaves what one event tells of to itself: undo passes it over. */
export async function passOver({ db, project }: Writer, event: number): Promise<void> {
  await sql`delete from changes where project_id = ${project} and event = ${event}`.execute(db);
}

/** Ends what can be put back at an event; `instead` is the command that helps there. */
export async function endChanges(tx: Writer, event: number, note: { instead: string }): Promise<void> {
  await tx.db.deleteFrom("changes").where("project_id", "=", tx.project).execute();
  await noteChange(tx, event, note);
}

/** Leaves a word of an event that stands for more than rows, beside those that it has. */
export async function noteChange(
  { db, project }: Writer,
  event: number,
  note: { instead: string } | { by: string },
): Promise<void> {
  const row = { table_name: "", before: null, after: JSON.stringify(note) };
  await db
    .insertInto("changes")
    .values({ project_id: project, event, id: 0, ...row })
    .execute();
}

/** One call of calm, and what it changed. */
export interface RecordedCall {
  /** The numbers of its events, oldest first; what follows is the newest one's, or of those that changed rows. */
  readonly events: readonly number[];
  readonly run: string | null;
  readonly at: string;
  readonly actor: string;
  readonly channel: string;
  readonly operation: string;
  readonly task: string | null;
  readonly summaries: readonly string[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** Oldest first. */
  readonly changes: readonly RowChange[];
  /** The command that helps where nothing can be put back. */
  readonly instead: string | undefined;
}

/** The newest call, or the one of some events, whose changes are known and have not been taken back. */
export async function findLastCall(
  store: Reader,
  among?: readonly number[],
): Promise<RecordedCall | undefined> {
  const { db, project } = store;
  let query = db
    .selectFrom("changes")
    .innerJoin("events", (join) =>
      join.onRef("events.project_id", "=", "changes.project_id").onRef("events.seq", "=", "changes.event"),
    )
    .selectAll("events")
    .where("changes.project_id", "=", project);
  if (among !== undefined) query = query.where(isAmong(among));
  const newest = await query.orderBy("changes.event", "desc").limit(1).executeTakeFirst();
  if (!newest) return undefined;
  const events = await db
    .selectFrom("events")
    .selectAll()
    .where("project_id", "=", project)
    .where("seq", ">=", oldest(store))
    .where("seq", "<=", await lastNumber(store, "events"))
    .where((eb) => eb.or([eb("seq", "=", newest.seq), eb("run", "=", newest.run)]))
    .orderBy("seq")
    .execute();
  const numbers = events.map(({ seq }) => seq);
  const rows = await listByEvent(store, numbers);
  return {
    ...{ events: numbers, run: newest.run, at: newest.at, actor: newest.actor, channel: newest.channel },
    ...{ operation: newest.operation, task: newest.task_id },
    summaries: events
      .filter(({ seq }) => rows.some(({ event }) => event === seq))
      .map(({ summary }) => summary),
    data: events.map(({ data }) => JSON.parse(data) as Record<string, unknown>),
    changes: rows.map(({ change }) => change).filter(({ table }) => table !== ""),
    instead: insteadIn(rows.map(({ change }) => change)),
  };
}

/** The oldest event whose changes are kept: a call may have more events than are kept of others. */
function oldest({ db, project }: Reader) {
  return db
    .selectFrom("changes")
    .select((eb) => eb.fn.min("event").as("event"))
    .where("project_id", "=", project);
}

/** So many events may be one call's that they cannot each be a parameter. */
function isAmong(events: readonly number[]) {
  return sql<boolean>`event in (select value from json_each(${JSON.stringify(events)}))`;
}

function insteadIn(rows: readonly RowChange[]): string | undefined {
  const notes = rows.filter(({ table }) => table === "").map(({ after }) => after);
  const end = notes.find((note) => note?.["instead"] !== undefined)?.["instead"];
  // Where a call has changed rows besides, those are what is taken back.
  const found = end ?? (notes.length === rows.length ? notes.at(-1)?.["by"] : undefined);
  return typeof found === "string" ? found : undefined;
}

/** What some events changed, oldest first. */
export async function listChanges(store: Reader, events: readonly number[]): Promise<RowChange[]> {
  return (await listByEvent(store, events)).map(({ change }) => change);
}

async function listByEvent(
  { db, project }: Reader,
  events: readonly number[],
): Promise<{ readonly event: number; readonly change: RowChange }[]> {
  const rows = await db
    .selectFrom("changes")
    .select(["event", "table_name", "before", "after"])
    .where("project_id", "=", project)
    .where(isAmong(events))
    .orderBy("event")
    .orderBy("id")
    .execute();
  return rows.map(({ event, table_name: table, before, after }) => ({
    ...{ event, change: { table, before: toRow(before), after: toRow(after) } },
  }));
}

function toRow(text: string | null): RowChange["before"] {
  return text === null ? null : (JSON.parse(text) as RowChange["before"]);
}

/** Forgets what some events changed: it has been put back. */
export async function forgetChanges({ db, project }: Writer, events: readonly number[]): Promise<void> {
  await db.deleteFrom("changes").where("project_id", "=", project).where(isAmong(events)).execute();
}
