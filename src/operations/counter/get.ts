import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { getCounter } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter get` */
export const counterGet = defineOperation({
  name: "counter get",
  summary: "Print the value of a counter",
  kind: "counter",
  effect: "read",
  examples: ["calm counter get merges_since_e2e"],
  input: z.object({ name: field(z.string(), "Name of the counter") }),
  positional: ["name"],
  output: Counter,
  async run(context, { name }) {
    return getCounter(await context.store(), name);
  },
  text: ({ value }) => String(value),
});
