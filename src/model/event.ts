import * as z from "zod/mini";
import { Count, Time } from "./field.ts";

/** One write: what was done, by whom, to which task. */
export const Event = z.object({
  seq: Count,
  at: Time,
  actor: z.string(),
  channel: z.string(),
  operation: z.string(),
  task_id: z.nullable(z.string()),
  summary: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type Event = z.output<typeof Event>;

/** Who acts, and through which door. */
export interface Actor {
  /** `worker:<id>` or `user:<name>`. */
  readonly name: string;
  /** `cli`, `terminal`, `mcp`. */
  readonly channel: string;
  /** The worker id when a worker acts. */
  readonly worker?: string;
  /** The name of the operating system's user. */
  readonly user: string;
}
