import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { leaseState, renewalPause } from "../model/lease.ts";
import { findLease, renewLease } from "../store/leases.ts";

/** Whether a renewal failed because there is nothing left to renew, and not because the database could not do it. */
function isLoss(error: unknown): error is Failure {
  return error instanceof Failure && error.kind !== "busy" && error.kind !== "plumbing";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Runs long work while the acting worker's lease is renewed again and again. When the lease is lost, the signal of the
 * work's context aborts it: Failure stale_worker.
 */
export async function keepLease<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  const { worker } = context.actor;
  const store = await context.store();
  const lease = worker === undefined ? undefined : await findLease(store, worker);
  if (!lease || leaseState(lease, context.now()) !== "live") return work(context);
  const lost = new AbortController();
  let loss: Failure | undefined;
  const renew = async (): Promise<void> => {
    try {
      await store.housekeep((tx) => renewLease(tx, lease));
    } catch (error) {
      if (isLoss(error)) lost.abort((loss = error));
      else context.warn(`The lease of ${lease.id} was not renewed; it is tried again: ${messageOf(error)}`);
    }
  };
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, renewalPause(lease.ttl_ms));
  timer.unref();
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, lost.signal]) });
  } catch (error) {
    // What fails once the lease is lost fails because of it.
    throw loss ?? error;
  } finally {
    clearInterval(timer);
    await renewing;
  }
}
