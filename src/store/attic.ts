import type { Reader, Writer } from "./store.ts";
import { nextNumber } from "./sequences.ts";

/** Something calm removed, kept under a ref. */
export interface AtticEntry {
  readonly task_id: string;
  readonly ref: string;
  readonly commit_sha: string;
  readonly branch: string;
  readonly reason: string;
}

/** The number of the next thing kept for a task. */
export async function nextAtticNumber(tx: Writer, task: string): Promise<number> {
  return nextNumber(tx, `attic ${task}`);
}

/** Records something kept. */
export async function addAtticEntry(tx: Writer, number: number, entry: AtticEntry): Promise<void> {
  await tx.db
    .insertInto("attic")
    .values({ project_id: tx.project, number, ...entry, created_at: tx.stamp.now(), restored_at: null })
    .execute();
}

/** What is recorded of the attic. */
export async function listAtticRecords(store: Reader): Promise<AtticEntry[]> {
  return store.db.selectFrom("attic").selectAll().where("project_id", "=", store.project).execute();
}
