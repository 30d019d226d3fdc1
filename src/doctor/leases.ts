import { findDeadHolders, releaseDeadHolder } from "../checks/dead-holders.ts";
import type { Examination, Memory } from "./examination.ts";

/** No dead process holds a clean room, a place for a command or a check under way. */
export const leases: Examination<Memory> = {
  name: "leases",
  async examine({ context, store }) {
    const dead = await findDeadHolders(store, context.host);
    const findings = dead.map((holder) => ({
      state: "problem" as const,
      message: `process ${holder.pid} was killed, and still holds what its checks ran in`,
      command: "calm doctor --fix",
      repair: {
        what: `release what process ${holder.pid} held`,
        run: () => releaseDeadHolder(context, holder),
      },
    }));
    return { summary: "none is held by a dead process", findings };
  },
};
