import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { requireTaskId } from "../../model/id.ts";
import { defaultBranchName, previewId } from "../../tasks/numbering.ts";
import { defineOperation } from "../operation.ts";

/** The prefixes that stand for the kinds of task, as earlier scripts ask for them. */
const prefixes: Readonly<Record<string, string>> = { feature: "SPEC", bug: "BUG" };

/** `calm task next-id` */
export const taskNextId = defineOperation({
  name: "task next-id",
  summary: "Print the next free id of a prefix; only looks, task create --next takes it",
  kind: "task_id",
  effect: "read",
  examples: ["calm task next-id SPEC", "calm task next-id bug"],
  input: z.object({
    prefix: field(z.string(), "Prefix such as SPEC; feature stands for SPEC, bug for BUG"),
  }),
  positional: ["prefix"],
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const branch = await defaultBranchName(context);
    const prefix = requireTaskId(prefixes[input.prefix.toLowerCase()] ?? input.prefix, branch);
    return { id: requireTaskId(await previewId(context, prefix), branch) };
  },
  text: ({ id }) => id,
});
