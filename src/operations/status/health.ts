import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { findIssues, healthOf } from "../../tasks/health.ts";
import { readProjectState } from "../../tasks/project-state.ts";
import { defineOperation } from "../operation.ts";
import { issueLines, paintHealth } from "./describe-health.ts";

/** `calm status health` */
export const statusHealth = defineOperation({
  name: "status health",
  summary: "Say whether anything is not as it should be",
  kind: "health",
  effect: "read",
  examples: ["calm status health"],
  watch: true,
  input: z.object({}),
  output: z.object({
    state: z.enum(["HEALTHY", "ATTENTION", "DEGRADED"]),
    passed: z.boolean(),
    issues: field(
      z.array(
        z.object({
          state: z.enum(["ATTENTION", "DEGRADED"]),
          message: z.string(),
          command: field(z.string(), "The command that deals with it"),
        }),
      ),
      "The worst first",
    ),
  }),
  async run(context) {
    const issues = await findIssues(context, await readProjectState(context));
    return { state: healthOf(issues), passed: issues.length === 0, issues };
  },
  text: ({ state, issues }, text) =>
    [
      text.colors.bold("System Health"),
      `Status: ${paintHealth(state, text.colors)}`,
      ...issueLines(issues, text),
    ].join("\n"),
  passed: ({ passed }) => passed,
});
