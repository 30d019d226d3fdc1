import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { defaultWorkerTtl } from "../model/lease.ts";
import { defaultMaxWorkers } from "../model/worker.ts";
import { loadConfig } from "../project/load-config.ts";
import { markRunOut } from "../store/leases.ts";
import type { Writer } from "../store/store.ts";
import { listWorkers } from "../store/workers.ts";

/** How many workers a project may have at once, and how long each may be silent. */
export interface WorkerRules {
  readonly most: number;
  /** Milliseconds. */
  readonly ttl: number;
}

/** The rules that the project's configuration sets. */
export async function workerRules(context: Context): Promise<WorkerRules> {
  const { config } = await loadConfig(context);
  return { most: config.max_workers ?? defaultMaxWorkers, ttl: config.worker_ttl ?? defaultWorkerTtl };
}

/** Refuses one worker more than the project allows; those whose lease has run out take no place. */
export async function requirePlace(tx: Writer, { most }: WorkerRules): Promise<void> {
  await markRunOut(tx);
  const active = await listWorkers(tx, { status: "active" });
  if (active.length < most) return;
  throw new Failure("too_many_workers", `${active.length} workers are active; the project allows ${most}`, {
    hint: `End one: calm worker complete ${active[0]?.id ?? "<id>"}, or raise max_workers in .calm/config.yaml`,
    details: { active: active.map((worker) => worker.id) },
  });
}
