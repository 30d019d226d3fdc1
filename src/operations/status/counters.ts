import * as z from "zod/mini";
import { batchDue, batchJobs, Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { listCounters } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm status counters` */
export const statusCounters = defineOperation({
  name: "status counters",
  summary: "List the counters and the batch jobs that are due",
  kind: "counters",
  effect: "read",
  examples: ["calm status counters"],
  watch: true,
  input: z.object({}),
  output: z.object({
    counters: z.array(z.extend(Counter, { due: field(z.nullable(z.string()), "The batch job that is due") })),
  }),
  async run(context) {
    const counters = await listCounters(await context.store());
    const due = (one: Counter): string | null =>
      one.value >= batchDue ? (batchJobs[one.name] ?? null) : null;
    return { counters: counters.map((one) => ({ ...one, due: due(one) })) };
  },
  text: ({ counters }, { colors }) =>
    counters
      .map(
        ({ name, value, due }) => `${name} = ${value}${due === null ? "" : colors.yellow(`  ${due} is due`)}`,
      )
      .join("\n"),
});
