import { endGateRun, findGateRun, listRunningRuns, type RunningRun } from "../store/gate-runs.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { isAlive } from "../system/process-identity.ts";
import type { Examination, Memory } from "./examination.ts";

/** No run of a gate seems to go on for ever because its process died. */
export const gateRuns: Examination<Memory> = {
  name: "gate runs",
  async examine(memory) {
    const { context, store } = memory;
    const dead = (await listRunningRuns(store)).filter(
      ({ host, pid, pid_started: started }) => host === context.host && !isAlive({ pid, started }),
    );
    const findings = dead.map((run) => ({
      state: "problem" as const,
      message: `run ${run.id} of ${run.transition} of ${run.task_id} was cut short`,
      command: "calm doctor --fix",
      repair: { what: `mark run ${run.id} as interrupted`, run: () => markInterrupted(memory, run) },
    }));
    return { summary: "none was cut short", findings };
  },
};

async function markInterrupted({ project, store }: Memory, run: RunningRun): Promise<void> {
  const { id, task_id: task, transition } = run;
  await endLeftProcesses({ group: 0, marker: `${project.id}-${id}` });
  await store.housekeep(async (tx) => {
    // Another doctor may have been here first, which is no event.
    if ((await findGateRun(tx, id))?.state !== "running") return;
    await endGateRun(tx, id, { state: "interrupted", verdict: "fail", reason: "calm was killed" });
    const summary = `gate run ${id} of ${transition}: interrupted`;
    await tx.event({ task, summary, data: { run: id, transition, verdict: "fail" } });
  });
}
