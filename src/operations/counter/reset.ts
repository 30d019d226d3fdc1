import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { setCounter } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter reset` */
export const counterReset = defineOperation({
  name: "counter reset",
  summary: "Set a counter to 0",
  kind: "counter",
  effect: "write",
  examples: ["calm counter reset merges_since_e2e"],
  input: z.object({ name: field(z.string(), "Name of the counter") }),
  positional: ["name"],
  output: Counter,
  async run(context, { name }) {
    const store = await context.store();
    return store.write(async (tx) => {
      const counter = await setCounter(tx, name, 0);
      await tx.event({ summary: `reset ${name} to 0`, data: counter });
      return counter;
    });
  },
  text: ({ name }) => `Reset ${name} to 0`,
});
