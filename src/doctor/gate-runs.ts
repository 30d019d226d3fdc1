import { endCutShort, findCutShort } from "../checks/cut-short.ts";
import type { Examination, Memory } from "./examination.ts";

/** No run of a gate seems to go on for ever because its process died. */
export const gateRuns: Examination<Memory> = {
  name: "gate runs",
  async examine({ context, store }) {
    const dead = await findCutShort(store, context.host);
    const findings = dead.map((run) => ({
      state: "problem" as const,
      message: `run ${run.id} of ${run.transition} of ${run.task_id} was cut short`,
      command: "calm doctor --fix",
      repair: { what: `mark run ${run.id} as interrupted`, run: () => endCutShort(context, run) },
    }));
    return { summary: "none was cut short", findings };
  },
};
