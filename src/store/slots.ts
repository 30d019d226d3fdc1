import type { ProcessIdentity, ProcessState } from "../system/process-identity.ts";
import type { Writer } from "./store.ts";

/** A clean room of the project on this host. */
export interface Slot {
  readonly number: number;
  /** What `setup` last ran for; null = never finished. */
  readonly setup_key: string | null;
  /** The dead process that held it and did not give it back: its commands may still be at work there. */
  readonly left: ProcessIdentity | undefined;
}

/**
 * Takes a free slot, or one whose holder is dead, for this process; undefined when `most` are in use. A stopped holder
 * keeps its slot, but another one is there for it.
 */
export async function takeSlot(
  tx: Writer,
  most: number,
  stateOf: (holder: ProcessIdentity) => ProcessState,
): Promise<Slot | undefined> {
  const { host, process } = tx.stamp;
  const rows = await tx.db
    .selectFrom("slots")
    .selectAll()
    .where("project_id", "=", tx.project)
    .where("host", "=", host)
    .orderBy("number")
    .execute();
  const seen = rows.map((row) => {
    const holder = holderOf(row);
    return { row, holder, state: holder ? stateOf(holder) : "gone" };
  });
  const free = seen.find(({ state }) => state === "gone");
  const stopped = seen.filter(({ state }) => state === "stopped").length;
  const number = free?.row.number ?? rows.length + 1;
  if (number > most + stopped && !free) return undefined;
  const held = { pid: process.pid, pid_started: process.started, taken_at: tx.stamp.now() };
  await tx.db
    .insertInto("slots")
    .values({ project_id: tx.project, number, host, setup_key: null, ...held })
    .onConflict((conflict) => conflict.columns(["project_id", "host", "number"]).doUpdateSet(held))
    .execute();
  return { number, setup_key: free?.row.setup_key ?? null, left: free?.holder };
}

function holderOf(row: { pid: number | null; pid_started: string | null }): ProcessIdentity | undefined {
  const { pid, pid_started: started } = row;
  return pid === null || started === null ? undefined : { pid, started };
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
