import { isRenewalDue, leaseState, mayOnlyRead, staleWorker } from "../model/lease.ts";
import { findLease, markRunOut, renewLease, requireHeld } from "./leases.ts";
import type { Store, Writer } from "./store.ts";

/** The store, but each transaction first makes sure that it may land. */
function guarded(store: Store, check: (tx: Writer) => Promise<void> | void): Store {
  const checked =
    <T>(work: (tx: Writer) => Promise<T>) =>
    async (tx: Writer): Promise<T> => {
      await check(tx);
      return work(tx);
    };
  return {
    ...store,
    write: (work) => store.write(checked(work)),
    housekeep: (work) => store.housekeep(checked(work)),
    housekeepIfFree: (work) => store.housekeepIfFree(checked(work)),
    forRun: (run) => guarded(store.forRun(run), check),
  };
}

/** A worker of somewhere else: an environment travels to other repositories, so it may act, but is told once. */
function ofAStranger(store: Store, worker: string, warn: (message: string) => void): Store {
  let told = false;
  return guarded(store, () => {
    const what = `CALM_WORKER is ${worker}, which is no worker of this project`;
    if (!told) warn(`${what}; it stands in the log as a name only`);
    told = true;
  });
}

/**
 * The store for a worker: its lease is renewed by being here, and none of its transactions lands once the lease is
 * lost. Failure stale_worker when it has run out already. A worker that has ended may only read.
 */
export async function holdLease(
  store: Store,
  worker: string,
  now: () => string,
  warn: (message: string) => void,
): Promise<Store> {
  const lease = await findLease(store, worker);
  if (!lease) return ofAStranger(store, worker, warn);
  switch (leaseState(lease, now())) {
    case "stale":
      if (lease.status === "active") await store.housekeep(markRunOut);
      throw staleWorker(lease);
    case "ended":
      return guarded(store, () => {
        throw mayOnlyRead(lease);
      });
    case "live":
      if (isRenewalDue(lease, now())) await store.housekeep((tx) => renewLease(tx, lease));
      return guarded(store, (tx) => requireHeld(tx, lease));
  }
}
