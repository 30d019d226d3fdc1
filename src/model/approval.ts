import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";

/** A person's word, bound to content. */
export const Approval = z.object({
  id: Count,
  task_id: z.string(),
  kind: z.enum(["approval", "override"]),
  transition: field(z.string(), "The transition, or `merge`"),
  check: field(z.nullable(z.string()), "The one check that an override covers; null = the whole gate"),
  content: field(z.string(), "What was approved: the anchor of the gate, or the hash of the diff"),
  reason: z.nullable(z.string()),
  channel: z.string(),
  user: z.string(),
  created_at: Time,
});
export type Approval = z.output<typeof Approval>;
