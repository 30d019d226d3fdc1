import type { Writer } from "./store.ts";

/** A clean room of the project on this host. */
export interface Slot {
  readonly number: number;
  /** What `setup` last ran for; null = never finished. */
  readonly setup_key: string | null;
}

/**
 * Takes a free slot, or one whose holder is dead, for this process; undefined when `most` are in use.
 */
export async function takeSlot(
  tx: Writer,
  most: number,
  isAlive: (holder: { pid: number; started: string }) => boolean,
): Promise<Slot | undefined> {
  const { host, process } = tx.stamp;
  const rows = await tx.db
    .selectFrom("slots")
    .selectAll()
    .where("project_id", "=", tx.project)
    .where("host", "=", host)
    .orderBy("number")
    .execute();
  const free = rows.find(
    (row) =>
      row.pid === null || row.pid_started === null || !isAlive({ pid: row.pid, started: row.pid_started }),
  );
  const number = free?.number ?? rows.length + 1;
  if (number > most && !free) return undefined;
  const held = { pid: process.pid, pid_started: process.started, taken_at: tx.stamp.now() };
  await tx.db
    .insertInto("slots")
    .values({ project_id: tx.project, number, host, setup_key: null, ...held })
    .onConflict((conflict) => conflict.columns(["project_id", "host", "number"]).doUpdateSet(held))
    .execute();
  return { number, setup_key: free?.setup_key ?? null };
}

/** Remembers what a slot was set up for; null while that is under way. */
export async function setSlotKey(tx: Writer, number: number, key: string | null): Promise<void> {
  await tx.db
    .updateTable("slots")
    .set({ setup_key: key })
    .where("project_id", "=", tx.project)
    .where("host", "=", tx.stamp.host)
    .where("number", "=", number)
    .execute();
}

/** Gives a slot back. */
export async function releaseSlot(tx: Writer, number: number): Promise<void> {
  await tx.db
    .updateTable("slots")
    .set({ pid: null, pid_started: null, taken_at: null })
    .where("project_id", "=", tx.project)
    .where("host", "=", tx.stamp.host)
    .where("number", "=", number)
    .execute();
}
