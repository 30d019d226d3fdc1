import type { Context } from "../context.ts";
import { listHolders, releaseHeld } from "../store/holders.ts";
import type { Reader } from "../store/store.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { commandsMark, isAlive, type ProcessIdentity } from "../system/process-identity.ts";

/** Dead processes of this machine that still hold what checks run in; the next one that needs it would take it over. */
export async function findDeadHolders(store: Reader, host: string): Promise<ProcessIdentity[]> {
  return (await listHolders(store, host)).filter((holder) => !isAlive(holder));
}

/** Ends what such a process has left running, and gives back what it held. */
export async function releaseDeadHolder(context: Context, holder: ProcessIdentity): Promise<void> {
  await endLeftProcesses({ group: 0, marker: commandsMark(holder) });
  // Tidying up after somebody is no work of the worker that does it.
  const store = await context.storeBeyondLease();
  await store.housekeep((tx) => releaseHeld(tx, holder));
}
