import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { listRecentMerges } from "../../store/merges.ts";
import { defineOperation } from "../operation.ts";
import { MergeLine, mergeTable } from "./describe-merges.ts";

/** `calm status merges` */
export const statusMerges = defineOperation({
  name: "status merges",
  summary: "List the tasks that were merged last, newest first",
  kind: "merges",
  effect: "read",
  examples: ["calm status merges", "calm status merges --limit 50"],
  watch: true,
  input: z.object({
    limit: field(z._default(z.int().check(z.positive()), 10), "The newest this many"),
  }),
  output: z.object({ merges: z.array(MergeLine) }),
  async run(context, { limit }) {
    return { merges: await listRecentMerges(await context.store(), limit) };
  },
  text: ({ merges }, text) => (merges.length === 0 ? "No merges found." : mergeTable(merges, text)),
});
