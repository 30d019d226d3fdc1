import * as z from "zod/mini";
import { Event } from "../model/event.ts";
import { endChanges, noteChange, passOver } from "./changes.ts";
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
  /**
   * Absent = undo takes it back. "pass_over" = it is what calm saw, not what somebody wanted. `instead` = neither it nor
   * anything before it can be taken back by undo, and this command helps. `by` = it changed no row, and this command takes it
   * back; nothing is taken back past it.
   */
  readonly undo?: "pass_over" | { readonly instead: string } | { readonly by: string };
}

/** Adds events, at least one; called through `Writer.event`. Gives the number of the last. */
export async function addEvents(tx: Writer, events: readonly NewEvent[]): Promise<number> {
  const { stamp } = tx;
  let last = 0;
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
      run: stamp.run,
    }));
    await tx.db.insertInto("events").values(rows).execute();
    last = first + some.length - 1;
  }
  for (const [index, { undo }] of events.entries()) {
    const number = last - events.length + 1 + index;
    if (undo === "pass_over") await passOver(tx, number);
    else if (undo && "by" in undo) await noteChange(tx, number, undo);
    else if (undo) await endChanges(tx, number, undo);
  }
  return last;
}

/** Which events to list. */
export interface EventFilter {
  readonly task?: string | undefined;
  /** RFC 3339 UTC; events from then on. */
  readonly since?: string | undefined;
  /** Events behind this number, the oldest of them; without it the newest ones. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The events that match, oldest first. */
export async function listEvents(store: Reader, filter: EventFilter): Promise<Event[]> {
  const { task, since, after } = filter;
  let query = store.db.selectFrom("events").selectAll().where("project_id", "=", store.project);
  if (task !== undefined) query = query.where("task_id", "=", task);
  if (after !== undefined) query = query.where("seq", ">", after);
  // The number is what the key finds; the time alone would make a quiet project's whole history be read.
  if (since !== undefined) query = query.where("seq", ">=", await firstSince(store, since));
  if (since !== undefined) query = query.where("at", ">=", since);
  const rows = await query
    .orderBy("seq", after === undefined ? "desc" : "asc")
    .limit(filter.limit)
    .execute();
  const oldestFirst = after === undefined ? rows.reverse() : rows;
  return oldestFirst.map((row) => z.parse(Event, { ...row, data: JSON.parse(row.data) as unknown }));
}

/** A number at or before the first event since a time, by halving: numbers are dense, and times grow with them. */
async function firstSince(store: Reader, since: string): Promise<number> {
  const events = store.db.selectFrom("events").select(["seq", "at"]).where("project_id", "=", store.project);
  const newest = await events.orderBy("seq", "desc").limit(1).executeTakeFirst();
  let [low, high] = [1, (newest?.seq ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const event = await events.where("seq", ">=", middle).orderBy("seq").limit(1).executeTakeFirst();
    if (event !== undefined && event.at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}
