import type { Context } from "../context.ts";
import { gitIn } from "../model/shell-quote.ts";
import { endGateRun, findGateRun } from "../store/gate-runs.ts";
import { findLock, lockCheckout, releaseIndex } from "./checkout.ts";
import type { Moving } from "./move-branch.ts";
import { settle } from "./settle.ts";

/** Makes the checkout agree with its HEAD, which may have been switched, if this move was changing it. */
export async function putCheckoutRight(
  context: Context,
  id: string,
  state: string,
  move: Moving,
): Promise<void> {
  const git = await context.git();
  const path = move.checkout;
  const current = path === undefined ? undefined : (await git.head(path))?.commit;
  if (path === undefined || current === undefined) return;
  const checkout = { path, gitDir: await git.gitDirOf(path) };
  const found = await findLock(checkout, id);
  if (state !== "updating") {
    if (found) await releaseIndex(found);
    return;
  }
  const change = { from: move.old, to: move.candidate, current };
  const left = await settle(context, found ?? (await lockCheckout(context, checkout, id)), change);
  if (left.length === 0) return;
  context.warn(
    `Left alone in ${checkout.path}, because they hold edits: ${left.join(", ")}. ` +
      `Compare them with the branch: ${gitIn(checkout.path)} diff HEAD`,
  );
}

/** The run of a gate that was cut short is a row that never counts as a pass; what it was running is ended already. */
export async function endGate(context: Context, gateRun: number | undefined): Promise<void> {
  if (gateRun === undefined) return;
  // Tidying up after somebody is no work of the worker that does it.
  const store = await context.storeBeyondLease();
  await store.housekeep(async (tx) => {
    if ((await findGateRun(tx, gateRun))?.state !== "running") return;
    await endGateRun(tx, gateRun, { state: "abandoned", verdict: "fail", reason: "calm was killed" });
  });
}
