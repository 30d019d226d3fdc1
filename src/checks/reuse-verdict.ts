import { ofInputs, type Room } from "../model/gate-run.ts";
import { shortId } from "../model/id.ts";
import { findVerdict, type VerdictKey } from "../store/check-runs.ts";
import { findGateRun } from "../store/gate-runs.ts";
import type { Reader } from "../store/store.ts";
import { type CommandResult, reused } from "./check.ts";

/** An earlier pass of the same content by the same definition and tools; a failure is always looked at again. */
export async function reuseVerdict(
  store: Reader,
  key: VerdictKey,
  room: Room,
): Promise<CommandResult | undefined> {
  const found = await findVerdict(store, key, room);
  if (found?.verdict !== "pass") return undefined;
  const ran = key.tree.endsWith(ofInputs) ? await findGateRun(store, found.gate_run_id) : undefined;
  const same = ran ? `: same inputs as tree ${shortId(ran.tree)}` : "";
  const message = `${found.message} (cached from run ${found.gate_run_id}${same})`;
  return { verdict: "pass", message, counts: found.counts, failedTests: [], evidence: reused(found, key) };
}
