import { sql } from "./queries.ts";
import type { Reader, Writer } from "./store.ts";
import type { JournalRow } from "./tables.ts";

/** An operation that also moves git: where it stands and what it needs to go on. */
export type JournalEntry = Omit<JournalRow, "data"> & { readonly data: Readonly<Record<string, unknown>> };

/** What an entry is called when people are told of it: `worktree merge of SPEC-1`, `backup restore`. */
export function nameOfOperation({
  operation,
  task_id: task,
}: Pick<JournalEntry, "operation" | "task_id">): string {
  return task === null ? operation : `${operation} of ${task}`;
}

function toEntry(row: JournalRow): JournalEntry {
  return { ...row, data: JSON.parse(row.data) as Record<string, unknown> };
}

/** Opens an entry before the first step is taken. */
export async function openJournal(
  tx: Writer,
  entry: { id: string; task?: string; state: string; data: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { stamp } = tx;
  const now = stamp.now();
  await tx.db
    .insertInto("journal")
    .values({
      project_id: tx.project,
      id: entry.id,
      operation: stamp.operation,
      task_id: entry.task ?? null,
      state: entry.state,
      data: JSON.stringify(entry.data),
      fence: 0,
      actor: stamp.actor.name,
      host: stamp.host,
      pid: stamp.process.pid,
      pid_started: stamp.process.started,
      started_at: now,
      updated_at: now,
      ended_at: null,
      run: stamp.run,
      channel: stamp.actor.channel,
    })
    .execute();
}

/** Moves an entry to its next state; with `ended` it is finished. False when it has been finished already. */
export async function setJournal(
  tx: Writer,
  id: string,
  state: string,
  data: Readonly<Record<string, unknown>>,
  ended = false,
): Promise<boolean> {
  const now = tx.stamp.now();
  const result = await tx.db
    .updateTable("journal")
    .set({ state, data: JSON.stringify(data), updated_at: now, ended_at: ended ? now : null })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** An entry, ended or not. */
export async function findJournal(store: Reader, id: string): Promise<JournalEntry | undefined> {
  const row = await store.db
    .selectFrom("journal")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toEntry(row);
}

/** The entries that have not ended, oldest first. */
export async function listOpenJournal(store: Reader): Promise<JournalEntry[]> {
  const rows = await store.db
    .selectFrom("journal")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("ended_at", "is", null)
    .orderBy("started_at")
    .execute();
  return rows.map(toEntry);
}

/** Who began a call, and as what; whoever finished it may have opened entries, too. Undefined when it journaled nothing. */
export async function findCaller(
  { db, project }: Reader,
  run: string,
): Promise<Pick<JournalRow, "operation" | "actor" | "channel"> | undefined> {
  return db
    .selectFrom("journal")
    .select(["operation", "actor", "channel"])
    .where("project_id", "=", project)
    .where("run", "=", run)
    .orderBy("started_at")
    .limit(1)
    .executeTakeFirst();
}

/** The operations of the merges that undo has taken off the default branch. */
export async function listUndoneMerges({ db, project }: Reader): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select data ->> '$.merge.id' as id from journal
    where project_id = ${project} and data ->> '$.kind' = 'undo' and state in ('published', 'done')
      and data ->> '$.merge.id' is not null`.execute(db);
  return rows.map(({ id }) => id);
}
