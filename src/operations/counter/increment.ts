import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { incrementCounter } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter increment` */
export const counterIncrement = defineOperation({
  name: "counter increment",
  summary: "Add one to a counter and print the value this made",
  kind: "counter",
  effect: "write",
  examples: ["calm counter increment merges_since_docs"],
  input: z.object({ name: field(z.string(), "Name of the counter") }),
  positional: ["name"],
  output: Counter,
  async run(context, { name }) {
    const store = await context.store();
    return store.write(async (tx) => {
      const counter = await incrementCounter(tx, name);
      await tx.event({ summary: `incremented ${name} to ${counter.value}`, data: counter });
      return counter;
    });
  },
  text: ({ name, value }) => `${name} = ${value}`,
});
