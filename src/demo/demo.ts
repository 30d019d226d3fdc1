import * as z from "zod/mini";
import { defineCommand } from "../cli/command.ts";

/** `calm demo` */
export const demo = defineCommand({
  name: "demo",
  summary: "Walk a feature and a bug to DONE in a throw-away repository",
  examples: ["calm demo"],
  input: z.object({}),
  run: () => Promise.resolve(0),
});
