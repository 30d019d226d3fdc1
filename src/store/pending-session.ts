import { sql } from "kysely";
import type { Reader } from "./store.ts";

/** A hand-off that waits for the next session. */
export interface PendingSession {
  readonly id: string;
  readonly created_at: string;
  readonly first_line: string;
}

const lookedAt = 400;

/** The newest hand-off that is to be continued and has not been; looking does not consume it. */
export async function findPendingSession({ db, project }: Reader): Promise<PendingSession | undefined> {
  const query = sql<{ id: string; created_at: string; beginning: string }>`
    select id, created_at, substr(content, 1, ${sql.lit(lookedAt)}) as beginning from sessions
    where project_id = ${project} and needs_continuation = 1 and resumed_at is null
    order by created_at desc, id desc limit 1`;
  const [row] = (await query.execute(db)).rows;
  if (!row) return undefined;
  const line = row.beginning.split("\n").find((one) => one.trim() !== "") ?? "";
  return { id: row.id, created_at: row.created_at, first_line: line.trim() };
}
