import { lookAtQueue, readQueue } from "../merge/merge-queue.ts";
import { describePlace } from "../model/merge-queue.ts";
import type { Examination, Memory } from "./examination.ts";

/** No place in the merge queue is held by a process that is gone, and nobody's merge seems to go on for ever. */
export const mergeQueue: Examination<Memory> = {
  name: "merge queue",
  async examine({ context, store }) {
    const { living, dead } = await readQueue(context, store);
    const free = async (): Promise<void> => {
      await lookAtQueue(context);
    };
    const findings = [
      ...dead.map((place) => ({
        state: "problem" as const,
        message: `the process of ${describePlace(place)} is gone`,
        command: "calm doctor --fix",
        repair: { what: `free the place of ${place.task_id} in the merge queue`, run: free },
      })),
      ...living
        .filter(({ stopped }) => stopped)
        .map((place) => ({
          state: "warning" as const,
          message: `the process of ${describePlace(place)} was stopped; others go before it`,
          command: `kill -CONT ${place.pid}`,
        })),
    ];
    const summary = living.length === 0 ? "nobody waits" : `${living.length} in it, all alive`;
    return { summary, findings };
  },
};
