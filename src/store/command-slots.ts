import type { Reader, Writer } from "./store.ts";

/** A place in the machine's queue for commands. */
export interface SlotClaim {
  /** Greater than that of every claim before it. */
  readonly number: number;
  /** Whether the command may start; otherwise it has to wait for its turn. */
  readonly taken: boolean;
}

type IsAlive = (holder: { readonly pid: number; readonly started: string }) => boolean;

/** The claims of living processes on a host, of all projects, oldest first; what died holds nothing. */
async function listLiving(store: Reader, host: string, isAlive: IsAlive): Promise<number[]> {
  const rows = await store.db
    .selectFrom("command_slots")
    .select(["number", "pid", "pid_started"])
    .where("host", "=", host)
    .orderBy("number")
    .execute();
  return rows
    .filter(({ pid, pid_started: started }) => pid !== null && started !== null && isAlive({ pid, started }))
    .map(({ number }) => number);
}

/**
 * Joins the queue for one of `slots` slots. A claim holds a slot when fewer than that many older claims live, so
 * nobody is overtaken and the slot of a dead process is free at once.
 */
export async function claimSlot(tx: Writer, slots: number, isAlive: IsAlive): Promise<SlotClaim> {
  const { host, process } = tx.stamp;
  const living = await listLiving(tx, host, isAlive);
  await tx.db
    .deleteFrom("command_slots")
    .where("host", "=", host)
    .where("number", "not in", living.length > 0 ? living : [-1])
    .execute();
  const number = (living.at(-1) ?? 0) + 1;
  const taken = living.length < slots;
  const holder = { pid: process.pid, pid_started: process.started };
  await tx.db
    .insertInto("command_slots")
    .values({ host, number, ...holder, taken_at: taken ? tx.stamp.now() : null })
    .execute();
  return { number, taken };
}

/** Whether it is the turn of a claim. */
export async function isSlotFree(
  store: Reader,
  host: string,
  claim: SlotClaim,
  slots: number,
  isAlive: IsAlive,
): Promise<boolean> {
  const living = await listLiving(store, host, isAlive);
  return living.filter((number) => number < claim.number).length < slots;
}

/** Notes that a claim whose turn has come holds its slot. */
export async function takeClaimedSlot(tx: Writer, { number }: SlotClaim): Promise<void> {
  await tx.db
    .updateTable("command_slots")
    .set({ taken_at: tx.stamp.now() })
    .where("host", "=", tx.stamp.host)
    .where("number", "=", number)
    .execute();
}

/** Gives a slot back, or leaves the queue. */
export async function releaseCommandSlot(tx: Writer, { number }: SlotClaim): Promise<void> {
  await tx.db
    .deleteFrom("command_slots")
    .where("host", "=", tx.stamp.host)
    .where("number", "=", number)
    .where("pid", "=", tx.stamp.process.pid)
    .execute();
}
