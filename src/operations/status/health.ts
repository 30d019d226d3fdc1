import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { findIssues, healthOf } from "../../tasks/health.ts";
import { defineOperation } from "../operation.ts";

/** `calm status health` */
export const statusHealth = defineOperation({
  name: "status health",
  summary: "Say whether anything is not as it should be",
  kind: "health",
  effect: "read",
  examples: ["calm status health"],
  input: z.object({}),
  output: z.object({
    state: z.enum(["HEALTHY", "ATTENTION", "DEGRADED"]),
    passed: z.boolean(),
    issues: z.array(
      z.object({
        state: z.enum(["ATTENTION", "DEGRADED"]),
        message: z.string(),
        command: field(z.string(), "The command that deals with it"),
      }),
    ),
  }),
  async run(context) {
    const issues = await findIssues(context);
    return { state: healthOf(issues), passed: issues.length === 0, issues };
  },
  text({ state, issues }, { colors }) {
    const paint = state === "HEALTHY" ? colors.green : state === "ATTENTION" ? colors.yellow : colors.red;
    const lines = issues.map((issue) => `  ${issue.state}: ${issue.message}\n    ${issue.command}`);
    return [colors.bold("System Health"), `Status: ${paint(state)}`, ...lines].join("\n");
  },
  passed: ({ passed }) => passed,
});
