import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { firstLine, MachinePart, Session, SessionLine } from "../model/session.ts";
import { sql } from "./queries.ts";
import type { Reader, Writer } from "./store.ts";

/** How much of a hand-off is read to find its first line. */
const headLength = 1000;

const lineColumns = ["id", "created_at", "actor", "needs_continuation", "resumed_at"] as const;

function selectSessions(store: Reader) {
  return store.db.selectFrom("sessions").where("project_id", "=", store.project);
}

function selectPending(store: Reader) {
  return selectSessions(store).where("needs_continuation", "=", 1).where("resumed_at", "is", null);
}

function continuationOf(row: { needs_continuation: 0 | 1; resumed_at: string | null }): string {
  if (row.resumed_at !== null) return "resumed";
  return row.needs_continuation === 1 ? "pending" : "none";
}

/** The newest sessions, newest first; of two in the same millisecond the one with the higher id. */
export async function listSessions(store: Reader, limit: number): Promise<SessionLine[]> {
  const newest = selectSessions(store)
    .select("id")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  const rows = await selectSessions(store)
    .select(lineColumns)
    .select(sql<string>`substr(content, 1, ${headLength})`.as("head"))
    // Only these rows' texts are read, which may have 5 MB each.
    .where("id", "in", newest)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map((row) =>
    z.parse(SessionLine, { ...row, continuation: continuationOf(row), first_line: firstLine(row.head) }),
  );
}

/** What others need to know of the hand-off that waits to be resumed: the newest one. */
export async function findPendingSession(
  store: Reader,
): Promise<Pick<SessionLine, "id" | "created_at" | "first_line"> | undefined> {
  const row = await selectPending(store)
    .select(["id", "created_at"])
    .select(sql<string>`substr(content, 1, ${headLength})`.as("head"))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, created_at: row.created_at, first_line: firstLine(row.head) };
}

/** How many hand-offs wait to be resumed. */
export async function countPendingSessions(store: Reader): Promise<number> {
  const row = await selectPending(store)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** A session, and what calm added to it; null where a save was cut short or came from another program. */
export interface StoredSession {
  readonly session: Session;
  readonly machinePart: MachinePart | null;
  /** Who resumed it; null = nobody, or another program. */
  readonly resumedBy: string | null;
}

/** The session of an id. */
export async function findSession(store: Reader, id: string): Promise<StoredSession | undefined> {
  const row = await selectSessions(store).selectAll().where("id", "=", id).executeTakeFirst();
  if (!row) return undefined;
  const part: unknown = row.machine_part === null ? null : JSON.parse(row.machine_part);
  return {
    session: z.parse(Session, { ...row, continuation: continuationOf(row) }),
    machinePart: part === null ? null : z.parse(MachinePart, part),
    resumedBy: row.resumed_by,
  };
}

/** The session of an id, or of the beginning of one; Failure session_not_found, or invalid_input for several. */
export async function getSession(store: Reader, id: string): Promise<StoredSession> {
  const found = (await findSession(store, id)) ?? (await findSession(store, await completeId(store, id)));
  if (found) return found;
  throw new Failure("session_not_found", `Session ${id} not found`, { hint: "See them: calm session list" });
}

async function completeId(store: Reader, start: string): Promise<string> {
  const ids = (await selectSessions(store).select("id").orderBy("id").execute()).map((row) => row.id);
  const matches = start === "" ? [] : ids.filter((id) => id.startsWith(start));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (matches.length > 1) {
    throw new Failure("invalid_input", `${matches.length} sessions begin with ${start}`, {
      hint: `Type more of the id: ${matches.slice(0, 5).join(", ")}`,
      details: { matches },
    });
  }
  const near = closest(start, ids);
  throw new Failure("session_not_found", `Session ${start} not found`, {
    hint: near ? `Did you mean ${near}?` : "See them: calm session list",
  });
}

/** Adds a session. */
export async function addSession(
  tx: Writer,
  session: Pick<Session, "id" | "created_at" | "content">,
  needsContinuation: boolean,
): Promise<void> {
  const { id, created_at, content } = session;
  await tx.db
    .insertInto("sessions")
    .values({
      ...{ project_id: tx.project, id, created_at, content },
      machine_part: null,
      needs_continuation: needsContinuation ? 1 : 0,
      ...{ resumed_at: null, resumed_by: null },
      actor: tx.stamp.actor.name,
    })
    .execute();
}

/** Puts beside a session what calm itself saw. */
export async function setMachinePart(tx: Writer, id: string, part: MachinePart): Promise<void> {
  await tx.db
    .updateTable("sessions")
    .set({ machine_part: JSON.stringify(part) })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .execute();
}

/** Takes a hand-off; false when somebody else was faster. */
export async function takeSession(tx: Writer, id: string): Promise<boolean> {
  const result = await tx.db
    .updateTable("sessions")
    .set({ resumed_at: tx.stamp.now(), resumed_by: tx.stamp.actor.name })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("resumed_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
