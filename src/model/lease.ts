import * as z from "zod/mini";
import { Failure } from "../failure.ts";
import { Count } from "./field.ts";
import { Worker } from "./worker.ts";

/** How long a worker may be silent unless the project configures otherwise, in milliseconds. */
export const defaultWorkerTtl = 30 * 60_000;

/** A worker with what decides whether it may still act. */
export const Lease = z.extend(Worker, {
  /** Raised each time the worker is resumed: what began before then is not its any more. */
  fence: Count,
  /** How long the worker may be silent, in milliseconds. */
  ttl_ms: Count,
});
export type Lease = z.output<typeof Lease>;

/** How a lease stands: `stale` also before anybody has written that down. */
export type LeaseState = "live" | "stale" | "ended";

/** When the lease ends unless it is renewed. */
export function leaseEnd({ heartbeat_at: since, ttl_ms: ttl }: Lease): string {
  return new Date(Date.parse(since) + ttl).toISOString();
}

/** How a lease stands at a time. */
export function leaseState(lease: Lease, now: string): LeaseState {
  if (lease.status === "stale") return "stale";
  if (lease.status !== "active") return "ended";
  return now > leaseEnd(lease) ? "stale" : "live";
}

/** Milliseconds between two renewals: often enough for short leases, seldom enough to cost nothing. */
export function renewalPause(ttl: number): number {
  return Math.min(60_000, Math.ceil(ttl / 10));
}

/** Whether a renewal is worth its write; a sign of life from the future means that the clock was set back. */
export function isRenewalDue({ heartbeat_at: since, ttl_ms: ttl }: Lease, now: string): boolean {
  return Math.abs(Date.parse(now) - Date.parse(since)) >= renewalPause(ttl);
}

/** Who took a stale worker's place: the first of its task's workers that was started in its role from then on. */
export function findSuccessor(stale: Worker, workers: readonly Worker[]): Worker | undefined {
  const since = stale.ended_at ?? stale.heartbeat_at;
  return workers.find(
    ({ id, role, started_at: started }) => id !== stale.id && role === stale.role && started >= since,
  );
}

/** The refusal of a worker that was silent for too long. */
export function staleWorker({ id, task_id: task, heartbeat_at: since }: Worker): Failure {
  return new Failure("stale_worker", `Worker ${id} is stale: no sign of life since ${since}`, {
    hint: `Take it up again: calm worker resume ${id}`,
    details: { worker: id, task, heartbeat_at: since },
  });
}

/** The refusal of a command that began before its worker was resumed. */
export function fencedOff({ id, task_id: task }: Worker): Failure {
  return new Failure("stale_worker", `Worker ${id} went stale and was resumed while this command ran`, {
    hint: "See what has changed, then run the command again",
    details: { worker: id, task },
  });
}

/** The refusal to end, renew or resume a worker that has ended. */
export function endedWorker({ id, task_id: task, role, status }: Worker): Failure {
  return new Failure("worker_ended", `Worker ${id} is ${status} already`, {
    hint: `Start another one: calm worker start ${task} ${role}`,
    details: { worker: id, task, status },
  });
}

/** The refusal of what an ended worker would write. */
export function mayOnlyRead({ id, task_id: task, role, status }: Worker): Failure {
  return new Failure("worker_ended", `CALM_WORKER is ${id}, which is ${status} and may only read`, {
    hint: `Go on as a new one: export CALM_WORKER=$(CALM_WORKER= calm worker start ${task} ${role})`,
    details: { worker: id, task, status },
  });
}
