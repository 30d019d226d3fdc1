import { listRunOut, markRunOut } from "../store/leases.ts";
import type { Examination, Memory } from "./examination.ts";

/** No worker that has long been silent still counts as being at work. */
export const workers: Examination<Memory> = {
  name: "workers",
  async examine({ context, store }) {
    const silent = await listRunOut(store, context.now());
    const run = async (): Promise<void> => {
      await store.write((tx) => markRunOut(tx));
    };
    const findings = silent.map(({ id, role, task_id: task, heartbeat_at: last }) => ({
      state: "warning" as const,
      message: `worker ${id} (${role} of ${task}) has given no sign of life since ${last}`,
      command: "calm doctor --fix",
      repair: { what: `mark ${id} as stale`, run },
    }));
    return { summary: "none has fallen silent", findings };
  },
};
