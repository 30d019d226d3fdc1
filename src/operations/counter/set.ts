import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { setCounter } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter set` */
export const counterSet = defineOperation({
  name: "counter set",
  summary: "Set a counter to a value",
  kind: "counter",
  effect: "write",
  examples: ["calm counter set merge_lock 1"],
  input: z.object({
    name: field(z.string(), "Name of the counter"),
    value: field(z.int().check(z.nonnegative()), "Whole number from 0"),
  }),
  positional: ["name", "value"],
  output: Counter,
  async run(context, { name, value }) {
    const store = await context.store();
    return store.write(async (tx) => {
      const counter = await setCounter(tx, name, value);
      await tx.event({ summary: `set ${name} to ${value}`, data: counter });
      return counter;
    });
  },
  text: ({ name, value }) => `Set ${name} = ${value}`,
});
