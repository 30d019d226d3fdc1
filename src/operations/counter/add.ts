import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { Name } from "../../model/id.ts";
import { addCounter } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter add` */
export const counterAdd = defineOperation({
  name: "counter add",
  summary: "Create a counter",
  kind: "counter",
  effect: "write",
  examples: ["calm counter add releases", "calm counter add releases 5"],
  input: z.object({
    name: field(Name, "Name of the new counter"),
    value: field(z._default(z.int().check(z.nonnegative()), 0), "First value"),
  }),
  positional: ["name", "value"],
  output: Counter,
  async run(context, { name, value }) {
    const store = await context.store();
    return store.write(async (tx) => {
      const counter = await addCounter(tx, name, value);
      await tx.event({ summary: `created counter ${name} = ${value}`, data: counter });
      return counter;
    });
  },
  text: ({ name, value }) => `Created counter ${name} = ${value}`,
});
