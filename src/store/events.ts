import * as z from "zod/mini";
import { Event } from "../model/event.ts";
import { inChunks } from "./in-chunks.ts";
import { nextNumbers } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** What an operation says of its write. */
export interface NewEvent {
  readonly task?: string;
  /** One line for people. */
  readonly summary: string;
  /** What changed, for machines and for undo. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Adds events; called through `Writer.event`. */
export async function addEvents(tx: Writer, events: readonly NewEvent[]): Promise<void> {
  const { stamp } = tx;
  for (const some of inChunks(events)) {
    const first = await nextNumbers(tx, "events", some.length);
    const rows = some.map((event, index) => ({
      project_id: tx.project,
      seq: first + index,
      at: stamp.now(),
      actor: stamp.actor.name,
      channel: stamp.actor.channel,
      operation: stamp.operation,
      task_id: event.task ?? null,
      summary: event.summary,
      data: JSON.stringify(event.data ?? {}),
    }));
    await tx.db.insertInto("events").values(rows).execute();
  }
}

/** Which events to list. */
export interface EventFilter {
  readonly task?: string | undefined;
  /** RFC 3339 UTC; events from then on. */
  readonly since?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The newest events that match, oldest first. */
export async function listEvents(store: Reader, filter: EventFilter): Promise<Event[]> {
  let query = store.db.selectFrom("events").selectAll().where("project_id", "=", store.project);
  if (filter.task !== undefined) query = query.where("task_id", "=", filter.task);
  if (filter.since !== undefined) query = query.where("at", ">=", filter.since);
  if (filter.after !== undefined) query = query.where("seq", ">", filter.after);
  const rows = await query.orderBy("seq", "desc").limit(filter.limit).execute();
  return rows.reverse().map((row) => z.parse(Event, { ...row, data: JSON.parse(row.data) as unknown }));
}
