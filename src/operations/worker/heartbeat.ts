import * as z from "zod/mini";
import { Time } from "../../model/field.ts";
import { leaseEnd } from "../../model/lease.ts";
import { Worker } from "../../model/worker.ts";
import { getLease, renewLease, requireLive } from "../../store/leases.ts";
import { namedWorker, WorkerArgument } from "../../workers/named-worker.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker heartbeat` */
export const workerHeartbeat = defineOperation({
  name: "worker heartbeat",
  summary: "Give a worker's sign of life; each command run with its CALM_WORKER does too",
  kind: "worker",
  effect: "write",
  examples: ["calm worker heartbeat", "calm worker heartbeat W-k3m9x2p7qa"],
  input: z.object({ worker: WorkerArgument }),
  positional: ["worker"],
  output: z.extend(Worker, { lease_until: Time }),
  async run(context, input) {
    const id = namedWorker(context, input.worker);
    const store = await context.store();
    const lease = await store.housekeep(async (tx) => {
      await renewLease(tx, await requireLive(tx, id, tx.stamp.now()));
      return getLease(tx, id);
    });
    return { ...z.parse(Worker, lease), lease_until: leaseEnd(lease) };
  },
  text: ({ id, lease_until: until }) => `Worker ${id} is active; its lease runs until ${until}`,
});
