import type { ProcessIdentity, ProcessState } from "../system/process-identity.ts";
import type { Reader, Writer } from "./store.ts";

/** A place in the machine's queue for commands. */
export interface SlotClaim {
  /** Greater than that of every claim before it. */
  readonly number: number;
  /** Whether the command may start; otherwise it has to wait for its turn. */
  readonly taken: boolean;
  /** Dead processes whose claims were still there: their commands may still be at work. */
  readonly left: readonly ProcessIdentity[];
}

type StateOf = (holder: ProcessIdentity) => ProcessState;

interface Claim extends ProcessIdentity {
  readonly number: number;
  readonly state: ProcessState;
}

/** The claims on a host, of all projects, oldest first. */
async function listClaims(store: Reader, host: string, stateOf: StateOf): Promise<Claim[]> {
  const rows = await store.db
    .selectFrom("command_slots")
    .select(["number", "pid", "pid_started"])
    .where("host", "=", host)
    .orderBy("number")
    .execute();
  return rows.flatMap(({ number, pid, pid_started: started }) =>
    pid === null || started === null ? [] : { number, pid, started, state: stateOf({ pid, started }) },
  );
}

/** What died holds nothing, and nobody waits for what was stopped and may never go on. */
function isInTheWay({ state }: Claim): boolean {
  return state === "running";
}

/**
 * Joins the queue for one of `slots` slots. A claim holds a slot when fewer than that many older claims of running
 * processes are there, so nobody is overtaken and the slot of a dead process is free at once.
 */
export async function claimSlot(tx: Writer, slots: number, stateOf: StateOf): Promise<SlotClaim> {
  const { host, process } = tx.stamp;
  const claims = await listClaims(tx, host, stateOf);
  const living = claims.filter(({ state }) => state !== "gone");
  const numbers = living.map(({ number }) => number);
  await tx.db
    .deleteFrom("command_slots")
    .where("host", "=", host)
    .where("number", "not in", numbers.length > 0 ? numbers : [-1])
    .execute();
  const number = (numbers.at(-1) ?? 0) + 1;
  const taken = living.filter(isInTheWay).length < slots;
  const holder = { pid: process.pid, pid_started: process.started };
  await tx.db
    .insertInto("command_slots")
    .values({ host, number, ...holder, taken_at: taken ? tx.stamp.now() : null })
    .execute();
  const left = claims.filter(({ state }) => state === "gone").map(({ pid, started }) => ({ pid, started }));
  return { number, taken, left };
}

/** Whether it is the turn of a claim. */
export async function isSlotFree(
  store: Reader,
  host: string,
  claim: SlotClaim,
  slots: number,
  stateOf: StateOf,
): Promise<boolean> {
  const claims = await listClaims(store, host, stateOf);
  return claims.filter((one) => one.number < claim.number && isInTheWay(one)).length < slots;
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
