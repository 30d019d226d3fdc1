import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";
import type { AtticRow } from "./tables.ts";

/** The number of the next thing kept for a task. */
export async function nextAtticNumber(tx: Writer, task: string): Promise<number> {
  return nextNumber(tx, `attic ${task}`);
}

/** Records something kept. */
export async function addAtticEntry(
  tx: Writer,
  number: number,
  entry: Omit<AtticRow, "number" | "created_at" | "restored_at">,
): Promise<void> {
  await tx.db
    .insertInto("attic")
    .values({ project_id: tx.project, number, ...entry, created_at: tx.stamp.now(), restored_at: null })
    .execute();
}

/** What is recorded of the attic. Which entries there are is told by their refs alone. */
export async function listAtticRecords(store: Reader): Promise<AtticRow[]> {
  return store.db.selectFrom("attic").selectAll().where("project_id", "=", store.project).execute();
}

/** Notes that an entry has been brought back. */
export async function markRestored(tx: Writer, ref: string): Promise<void> {
  await tx.db
    .updateTable("attic")
    .set({ restored_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("ref", "=", ref)
    .execute();
}

/** Forgets the record of an entry. */
export async function removeAtticRecord(tx: Writer, ref: string): Promise<void> {
  await tx.db.deleteFrom("attic").where("project_id", "=", tx.project).where("ref", "=", ref).execute();
}
