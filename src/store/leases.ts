import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { endedWorker, fencedOff, Lease, leaseState, mayOnlyRead, staleWorker } from "../model/lease.ts";
import type { Reader, Writer } from "./store.ts";

/** The lease of a worker. */
export async function findLease(store: Reader, id: string): Promise<Lease | undefined> {
  const row = await store.db
    .selectFrom("workers")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && z.parse(Lease, row);
}

/** The lease of a worker, however it stands; Failure worker_not_found. */
export async function getLease(store: Reader, id: string): Promise<Lease> {
  const lease = await findLease(store, id);
  if (lease) return lease;
  throw new Failure("worker_not_found", `Worker ${id} not found`, { hint: "See them: calm worker list" });
}

/** The lease of a worker that may act; Failure stale_worker or worker_ended otherwise. */
export async function requireLive(store: Reader, id: string, now: string): Promise<Lease> {
  const lease = await getLease(store, id);
  const state = leaseState(lease, now);
  if (state === "stale") throw staleWorker(lease);
  if (state === "ended") throw endedWorker(lease);
  return lease;
}

/** Refuses a worker whose lease, in whichever project, has run out or ended; for what no single project is asked for. */
export async function requireNotLost({ db }: Pick<Reader, "db">, worker: string, now: string): Promise<void> {
  const rows = await db.selectFrom("workers").selectAll().where("id", "=", worker).execute();
  for (const row of rows) {
    const lease = z.parse(Lease, row);
    const state = leaseState(lease, now);
    if (state === "stale") throw staleWorker(lease);
    if (state === "ended") throw mayOnlyRead(lease);
  }
}

/** Refuses when a lease has run out, ended or been resumed since it was read. */
export async function requireHeld(tx: Writer, held: Lease): Promise<void> {
  const lease = await getLease(tx, held.id);
  const state = leaseState(lease, tx.stamp.now());
  if (state === "stale") throw staleWorker(lease);
  if (state === "ended") throw mayOnlyRead(lease);
  if (lease.fence !== held.fence) throw fencedOff(lease);
}

/** Renews a lease, only while it is held. */
export async function renewLease(tx: Writer, held: Lease): Promise<void> {
  const now = tx.stamp.now();
  const result = await tx.db
    .updateTable("workers")
    .set({ heartbeat_at: now })
    .where("project_id", "=", tx.project)
    .where("id", "=", held.id)
    .where("status", "=", "active")
    .where("fence", "=", held.fence)
    .where("heartbeat_at", ">=", new Date(Date.parse(now) - held.ttl_ms).toISOString())
    .executeTakeFirst();
  if (result.numUpdatedRows === 1n) return;
  await requireHeld(tx, held);
  throw new Failure("lost_race", `The lease of ${held.id} could not be renewed`, { hint: "Try again" });
}

/** The active workers for whom it holds, oldest first. */
async function listActive(store: Reader, which: (lease: Lease) => boolean): Promise<Lease[]> {
  const rows = await store.db
    .selectFrom("workers")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("status", "=", "active")
    .orderBy("started_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => z.parse(Lease, row)).filter(which);
}

/** The active workers whose lease has run out at a time; they are stale, but nobody has written it down. */
export async function listRunOut(store: Reader, now: string): Promise<Lease[]> {
  return listActive(store, (lease) => leaseState(lease, now) === "stale");
}

/** The active workers without a sign of life since a time. */
export async function listSilent(store: Reader, since: string): Promise<Lease[]> {
  return listActive(store, ({ heartbeat_at: last }) => last < since);
}

/** Marks workers as stale, each only if it has given no sign of life since it was read; gives those it marked. */
export async function markStale(tx: Writer, workers: readonly Lease[]): Promise<Lease[]> {
  const marked: Lease[] = [];
  for (const worker of workers) {
    const change = { status: "stale", ended_at: tx.stamp.now() } as const;
    const result = await tx.db
      .updateTable("workers")
      .set(change)
      .where("project_id", "=", tx.project)
      .where("id", "=", worker.id)
      .where("status", "=", "active")
      .where("heartbeat_at", "=", worker.heartbeat_at)
      .executeTakeFirst();
    if (result.numUpdatedRows !== 1n) continue;
    const stale = { ...worker, ...change };
    const summary = `worker ${worker.id} went stale: no sign of life since ${worker.heartbeat_at}`;
    await tx.event({ task: worker.task_id, summary, data: stale, undo: "pass_over" });
    marked.push(stale);
  }
  return marked;
}

/** Marks the workers whose lease has run out as stale; gives them. */
export async function markRunOut(tx: Writer): Promise<Lease[]> {
  return markStale(tx, await listRunOut(tx, tx.stamp.now()));
}

/** Makes a stale worker active again, under a new fence and with a lease of this length. */
export async function reviveWorker(tx: Writer, stale: Lease, ttl: number): Promise<Lease> {
  const change = {
    ...({ status: "active", heartbeat_at: tx.stamp.now(), ended_at: null } as const),
    ...{ fence: stale.fence + 1, ttl_ms: ttl },
  };
  const result = await tx.db
    .updateTable("workers")
    .set(change)
    .where("project_id", "=", tx.project)
    .where("id", "=", stale.id)
    .where("status", "=", "stale")
    .where("fence", "=", stale.fence)
    .executeTakeFirst();
  if (result.numUpdatedRows === 1n) return { ...stale, ...change };
  throw new Failure("lost_race", `Worker ${stale.id} was changed meanwhile`, { hint: "Try again" });
}
