import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { leaseState, Lease } from "../model/lease.ts";
import { Worker, type WorkerStatus } from "../model/worker.ts";
import { getLease, requireLive } from "./leases.ts";
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

/**
 * The workers of EVERY project in the database, oldest first, each with its project's name: for a person's overview
 * and nothing else. They are only looked at, so one whose lease has run out is told as stale and not marked.
 */
export async function listWorkersOfAllProjects(
  { db }: Pick<Reader, "db">,
  now: string,
  filter: WorkerFilter = {},
): Promise<(Worker & { readonly project: string })[]> {
  let query = db.selectFrom("workers").innerJoin("projects", "projects.id", "workers.project_id");
  if (filter.task !== undefined) query = query.where("task_id", "=", filter.task);
  const rows = await query
    .selectAll("workers")
    .select("projects.name as project")
    .orderBy("started_at")
    .orderBy("workers.id")
    .execute();
  return rows
    .map(({ project, ...row }) => {
      const lease = z.parse(Lease, row);
      const status = leaseState(lease, now) === "stale" ? "stale" : lease.status;
      return { ...z.parse(Worker, lease), status, project };
    })
    .filter(({ status }) => filter.status === undefined || status === filter.status);
}

/** The workers that are at work, and those that were marked as stale since a time; the newest 100, oldest first. */
export async function listPresentWorkers(store: Reader, markedSince: string): Promise<Worker[]> {
  const rows = await store.db
    .selectFrom("workers")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("status", "in", ["active", "stale"])
    .where((eb) => eb.or([eb("status", "=", "active"), eb("ended_at", ">=", markedSince)]))
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(100)
    .execute();
  return rows.reverse().map((row) => z.parse(Worker, row));
}

/** The worker of an id; Failure worker_not_found. */
export async function getWorker(store: Reader, id: string): Promise<Worker> {
  return z.parse(Worker, await getLease(store, id));
}

/** The worker that started another one; undefined = no worker of the project did. */
export async function findStarter(store: Reader, worker: string): Promise<string | undefined> {
  const row = await store.db
    .selectFrom("workers")
    .select("started_by")
    .where("project_id", "=", store.project)
    .where("id", "=", worker)
    .executeTakeFirst();
  return row?.started_by ?? undefined;
}

/** How a worker begins. */
export interface WorkerBeginning {
  /** How long it may be silent, in milliseconds. */
  readonly ttl: number;
  /** The worker that started it; null = none did. */
  readonly startedBy: string | null;
}

/** Registers a worker. */
export async function addWorker(
  tx: Writer,
  worker: Worker,
  { ttl, startedBy }: WorkerBeginning,
): Promise<void> {
  await tx.db
    .insertInto("workers")
    .values({ project_id: tx.project, ...worker, fence: 0, ttl_ms: ttl, started_by: startedBy })
    .execute();
}

/** Ends a worker, only an active one; Failure stale_worker or worker_ended otherwise. */
export async function endWorker(
  tx: Writer,
  id: string,
  status: "completed" | "failed",
  reason: string | null,
): Promise<Worker> {
  const now = tx.stamp.now();
  const worker = await requireLive(tx, id, now);
  const change = { status, reason, ended_at: now };
  const result = await tx.db
    .updateTable("workers")
    .set(change)
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .where("status", "=", "active")
    .executeTakeFirst();
  if (result.numUpdatedRows === 1n) return z.parse(Worker, { ...worker, ...change });
  throw new Failure("lost_race", `Worker ${id} was changed meanwhile`, { hint: "Try again" });
}
