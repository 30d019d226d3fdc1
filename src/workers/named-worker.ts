import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { field } from "../model/field.ts";

/** The argument that names a worker. */
export const WorkerArgument = z.optional(
  field(z.string(), "Worker id, as `worker start` printed it; default CALM_WORKER"),
);

/** The worker that a command is about: the one named, else the acting one. */
export function namedWorker(context: Context, named: string | undefined): string {
  const worker = named ?? context.actor.worker;
  if (worker !== undefined) return worker;
  throw new Failure("invalid_input", "No worker is named, and CALM_WORKER is not set", {
    hint: `Name it: calm ${context.operation} W-k3m9x2p7qa`,
  });
}
