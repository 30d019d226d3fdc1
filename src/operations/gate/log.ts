import * as z from "zod/mini";
import { attemptLogs } from "../../checks/attempt-logs.ts";
import { Failure } from "../../failure.ts";
import { closest } from "../../model/closest.ts";
import { field } from "../../model/field.ts";
import type { CheckRun } from "../../model/gate-run.ts";
import { listCheckRuns } from "../../store/check-runs.ts";
import { getGateRun } from "../../store/gate-runs.ts";
import { readTextIfThere } from "../../system/files.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";
import { describeGateRun, GateAnswer } from "./describe-gate-run.ts";

/** `calm gate log` */
export const gateLog = defineOperation({
  name: "gate log",
  summary: "Show a gate run, or the whole output of one of its checks",
  kind: "gate_run",
  effect: "read",
  examples: ["calm gate log 17", "calm gate log 17 tests"],
  input: z.object({
    run: field(z.int().check(z.positive()), "Number of the gate run"),
    check: z.optional(field(z.string(), "Check whose output to print")),
  }),
  positional: ["run", "check"],
  output: z.extend(z.omit(GateAnswer, { next: true }), {
    output: z.optional(field(z.string(), "What the check printed")),
  }),
  async run(context, input) {
    const store = await context.store();
    const run = await getGateRun(store, input.run);
    const checks = await listCheckRuns(store, run.id);
    const answer = { ...run, checks, passed: run.verdict === "pass" };
    return input.check === undefined
      ? answer
      : { ...answer, output: await readLog(checks, input.check, run.id) };
  },
  text: (answer, text) =>
    answer.output === undefined
      ? describeGateRun(answer, text, "with failures")
      : escapeControls(answer.output, "keep"),
  next: ({ passed, task_id: task }) => (passed ? [] : [`calm why ${task}`]),
});

async function readLog(checks: readonly CheckRun[], name: string, run: number): Promise<string> {
  const found = checks.find((check) => check.check === name);
  if (!found) {
    const near = closest(
      name,
      checks.map((check) => check.check),
    );
    throw new Failure("unknown_check", `Gate run ${run} has no check ${name}`, {
      hint: near ? `Did you mean ${near}?` : `Its checks: ${checks.map((check) => check.check).join(", ")}`,
    });
  }
  if (found.log_path === null) return found.message;
  const paths = attemptLogs(found.log_path, found.attempts);
  const logs: string[] = [];
  for (const [index, path] of paths.entries()) {
    const text = await readTextIfThere(path);
    if (text === undefined) {
      throw new Failure("log_not_found", `The log of ${name} is gone: ${path}`, {
        hint: `See the verdict: calm gate log ${run}`,
      });
    }
    logs.push(paths.length === 1 ? text : `== attempt ${index + 1} of ${paths.length}: ${path}\n${text}`);
  }
  return logs.join("\n");
}
