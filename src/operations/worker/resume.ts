import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { field, Time } from "../../model/field.ts";
import { endedWorker, findSuccessor, type Lease, leaseEnd, leaseState } from "../../model/lease.ts";
import { Worker } from "../../model/worker.ts";
import { getLease, markRunOut, renewLease, reviveWorker } from "../../store/leases.ts";
import type { Writer } from "../../store/store.ts";
import { listWorkers } from "../../store/workers.ts";
import { namedWorker, WorkerArgument } from "../../workers/named-worker.ts";
import { requirePlace, type WorkerRules, workerRules } from "../../workers/places.ts";
import { defineOperation } from "../operation.ts";

/** `calm worker resume` */
export const workerResume = defineOperation({
  name: "worker resume",
  summary: "Make a stale worker active again, unless another has taken its place",
  kind: "worker",
  effect: "write",
  examples: ["calm worker resume W-k3m9x2p7qa"],
  input: z.object({ worker: WorkerArgument }),
  positional: ["worker"],
  output: z.extend(Worker, {
    lease_until: Time,
    resumed: field(z.boolean(), "False when it was active, and only its lease was renewed"),
  }),
  async run(context, input) {
    const id = namedWorker(context, input.worker);
    const rules = await workerRules(context);
    // The one command that a stale worker may run.
    const store = await context.storeBeyondLease();
    const { lease, resumed } = await store.housekeep((tx) => resume(tx, id, rules));
    return { ...z.parse(Worker, lease), lease_until: leaseEnd(lease), resumed };
  },
  text: ({ id, resumed, lease_until: until }) =>
    `Worker ${id} ${resumed ? "is active again" : "was active"}; its lease runs until ${until}`,
  next: ({ id }) => [`export CALM_WORKER=${id}`],
});

async function resume(
  tx: Writer,
  id: string,
  rules: WorkerRules,
): Promise<{ lease: Lease; resumed: boolean }> {
  const found = await getLease(tx, id);
  const state = leaseState(found, tx.stamp.now());
  if (state === "ended") throw endedWorker(found);
  if (state === "live") {
    await renewLease(tx, found);
    return { lease: await getLease(tx, id), resumed: false };
  }
  // When nobody has marked it yet: only whoever is started from now on can be its successor.
  await markRunOut(tx);
  const stale = await getLease(tx, id);
  const successor = findSuccessor(stale, await listWorkers(tx, { task: stale.task_id }));
  if (successor) throw replaced(stale, successor);
  await requirePlace(tx, rules);
  const lease = await reviveWorker(tx, stale, rules.ttl);
  // A lease is taken up or lost; nobody can make it not to have been.
  await tx.event({ task: lease.task_id, summary: `resumed worker ${id}`, data: lease, undo: "pass_over" });
  return { lease, resumed: true };
}

function replaced({ id, task_id: task, role }: Worker, successor: Worker): Failure {
  return new Failure(
    "worker_replaced",
    `Worker ${id} cannot go on: ${successor.id} was started as ${role} of ${task} after it went stale`,
    {
      hint: `Start another one: CALM_WORKER= calm worker start ${task} ${role}`,
      details: { worker: id, task, successor: successor.id, successor_status: successor.status },
    },
  );
}
