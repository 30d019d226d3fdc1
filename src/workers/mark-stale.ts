import type { Context } from "../context.ts";
import { listRunOut, markRunOut } from "../store/leases.ts";

/** Marks the project's workers whose lease has run out; costs one read when there are none. */
export async function markStaleWorkers(context: Context): Promise<void> {
  // It is no work of the worker that looks, which may have ended and only read.
  const store = await context.storeBeyondLease();
  if ((await listRunOut(store, context.now())).length === 0) return;
  await store.housekeep(markRunOut);
}
