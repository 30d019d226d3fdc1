import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { listCounters } from "../../store/counters.ts";
import { defineOperation } from "../operation.ts";

/** `calm counter list` */
export const counterList = defineOperation({
  name: "counter list",
  summary: "List the project's counters",
  kind: "counters",
  effect: "read",
  examples: ["calm counter list"],
  input: z.object({}),
  output: z.object({ counters: z.array(Counter) }),
  async run(context) {
    return { counters: await listCounters(await context.store()) };
  },
  text: ({ counters }) => counters.map(({ name, value }) => `${name} = ${value}`).join("\n"),
});
