import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { Worker, type WorkerStatus } from "../model/worker.ts";
import type { Reader, Writer } from "./store.ts";

/** Which workers to list. */
export interface WorkerFilter {
  readonly status?: WorkerStatus | undefined;
  readonly task?: string | undefined;
}

/** The workers that match, oldest first. */
export async function listWorkers(store: Reader, filter: WorkerFilter = {}): Promise<Worker[]> {
  let query = store.db.selectFrom("workers").selectAll().where("project_id", "=", store.project);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.task !== undefined) query = query.where("task_id", "=", filter.task);
  const rows = await query.orderBy("started_at").orderBy("id").execute();
  return rows.map((row) => z.parse(Worker, row));
}

/** The workers that are at work, and those that fell silent since a time; the newest 100, oldest first. */
export async function listPresentWorkers(store: Reader, silentSince: string): Promise<Worker[]> {
  const rows = await store.db
    .selectFrom("workers")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("status", "in", ["active", "stale"])
    .where((eb) => eb.or([eb("status", "=", "active"), eb("heartbeat_at", ">=", silentSince)]))
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(100)
    .execute();
  return rows.reverse().map((row) => z.parse(Worker, row));
}

/** The worker of an id. */
export async function findWorker(store: Reader, id: string): Promise<Worker | undefined> {
  const row = await store.db
    .selectFrom("workers")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && z.parse(Worker, row);
}

/** The worker of an id; Failure worker_not_found. */
export async function getWorker(store: Reader, id: string): Promise<Worker> {
  const worker = await findWorker(store, id);
  if (worker) return worker;
  throw new Failure("worker_not_found", `Worker ${id} not found`, { hint: "See them: calm worker list" });
}

/** Registers a worker. */
export async function addWorker(tx: Writer, worker: Worker): Promise<void> {
  await tx.db
    .insertInto("workers")
    .values({ project_id: tx.project, ...worker, fence: 0 })
    .execute();
}

/** Ends a worker, only an active one; Failure worker_ended otherwise. */
export async function endWorker(
  tx: Writer,
  id: string,
  status: "completed" | "failed",
  reason: string | null,
): Promise<void> {
  const result = await tx.db
    .updateTable("workers")
    .set({ status, reason, ended_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("status", "=", "active")
    .executeTakeFirst();
  if (result.numUpdatedRows === 1n) return;
  const worker = await getWorker(tx, id);
  throw new Failure("worker_ended", `Worker ${id} is ${worker.status} already`, {
    hint: `Start another one: calm worker start ${worker.task_id} ${worker.role}`,
  });
}
