import type { Context } from "../context.ts";
import { endGateRun, findGateRun, listRunningRuns, type RunningRun } from "../store/gate-runs.ts";
import type { Reader } from "../store/store.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { commandsMark, isLeftBehind } from "../system/process-identity.ts";

/** The gate runs of this machine whose process died before it could end them. */
export async function findCutShort(store: Reader, host: string): Promise<RunningRun[]> {
  const running = await listRunningRuns(store);
  return running.filter((run) => isLeftBehind(run, host));
}

/** Ends what such a run has left behind, and its row, which never counts as a pass. */
export async function endCutShort(context: Context, run: RunningRun): Promise<void> {
  const { id, task_id: task, transition, pid, pid_started: started } = run;
  // Not by the run's marker: another database may have a run of the same number, and that one may be going on.
  await endLeftProcesses({ group: 0, marker: commandsMark({ pid, started }) });
  // Tidying up after somebody is no work of the worker that does it.
  const store = await context.storeBeyondLease();
  await store.housekeep(async (tx) => {
    // Another process may have been here first, which is no event.
    if ((await findGateRun(tx, id))?.state !== "running") return;
    await endGateRun(tx, id, { state: "interrupted", verdict: "fail", reason: "calm was killed" });
    const summary = `gate run ${id} of ${transition}: interrupted`;
    await tx.event({ task, summary, data: { run: id, transition, verdict: "fail" } });
  });
}
