import * as z from "zod/mini";
import { field } from "./field.ts";

/** What became of pushing a commit that stays on the default branch. */
export const Push = z.object({
  pushed: z.boolean(),
  remote: field(z.optional(z.string()), "Absent without an upstream"),
  reason: field(
    z.optional(z.enum(["no_upstream", "unconfirmed", "rejected"])),
    "Why the remote does not have it, or may not; the warnings say what to run",
  ),
});
export type Push = z.output<typeof Push>;

/** A push in words. */
export function describePush({ pushed, remote }: Push): string {
  if (remote === undefined) return "Not pushed";
  return pushed ? `Pushed to ${remote}` : `Not pushed to ${remote}, as far as is known`;
}
