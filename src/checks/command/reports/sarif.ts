import * as z from "zod/mini";
import { readJsonReport } from "./json-report.ts";
import { ReportBuilder, type ReportProblem, type TestReport } from "./report.ts";

const Level = z.enum(["none", "note", "warning", "error"]);
const Text = z.object({ text: z.optional(z.string()), markdown: z.optional(z.string()) });

const Result = z.object({
  ruleId: z.optional(z.string()),
  ruleIndex: z.optional(z.int()),
  rule: z.optional(
    z.object({
      id: z.optional(z.string()),
      index: z.optional(z.int()),
      toolComponent: z.optional(z.object({ index: z.optional(z.int()) })),
    }),
  ),
  level: z.optional(Level),
  kind: z.optional(z.string()),
  baselineState: z.optional(z.string()),
  message: Text,
  suppressions: z.nullish(z.array(z.object({ status: z.optional(z.string()) }))),
  locations: z.nullish(
    z.array(
      z.object({
        physicalLocation: z.optional(
          z.object({
            artifactLocation: z.optional(z.object({ uri: z.optional(z.string()) })),
            region: z.optional(z.object({ startLine: z.optional(z.int()) })),
          }),
        ),
      }),
    ),
  ),
});
type Result = z.output<typeof Result>;

const Rule = z.object({
  id: z.optional(z.string()),
  defaultConfiguration: z.optional(z.object({ level: z.optional(Level) })),
});

const Component = z.object({ name: z.optional(z.string()), rules: z.nullish(z.array(Rule)) });

const Notification = z.object({ level: z.optional(Level), message: z.optional(Text) });

const Run = z.object({
  tool: z.object({ driver: Component, extensions: z.nullish(z.array(Component)) }),
  // Without results a run has not looked, says the standard.
  results: z.array(Result),
  invocations: z.nullish(
    z.array(
      z.object({
        executionSuccessful: z.optional(z.boolean()),
        toolExecutionNotifications: z.nullish(z.array(Notification)),
        toolConfigurationNotifications: z.nullish(z.array(Notification)),
      }),
    ),
  ),
});
type Run = z.output<typeof Run>;

const Log = z.object({
  version: z.string().check(z.startsWith("2.")),
  runs: z.array(Run).check(z.minLength(1)),
});

/** Lists a linter's findings of level error and warning as failures; notes and suppressed findings are none. */
export function parseSarif(text: string): TestReport | ReportProblem {
  const read = readJsonReport(text.replace(/^\uFEFF/, ""), Log, "SARIF 2");
  if ("problem" in read) return read;
  const report = new ReportBuilder();
  for (const run of read.data.runs) {
    for (const result of run.results) addResult(report, run, result);
    addInvocations(report, run);
  }
  return report.report();
}

function addResult(report: ReportBuilder, run: Run, result: Result): void {
  if (result.kind !== undefined && result.kind !== "fail") return;
  if (result.baselineState === "absent" || isSuppressed(result)) return;
  const rule = ruleOf(run, result);
  const level = result.level ?? rule?.defaultConfiguration?.level ?? "warning";
  if (level !== "error" && level !== "warning") return;
  const { artifactLocation, region } = result.locations?.[0]?.physicalLocation ?? {};
  const line = region?.startLine === undefined ? "" : `:${region.startLine}`;
  const id = result.ruleId ?? result.rule?.id ?? rule?.id ?? "finding";
  const place = artifactLocation?.uri === undefined ? "" : `${artifactLocation.uri}${line} `;
  report.add("failed", `${place}${id}`, result.message.text ?? result.message.markdown ?? "");
}

function isSuppressed({ suppressions }: Result): boolean {
  const states = (suppressions ?? []).map(({ status }) => status ?? "accepted");
  return states.length > 0 && states.every((status) => status === "accepted");
}

function ruleOf({ tool }: Run, { ruleId, ruleIndex, rule }: Result): z.output<typeof Rule> | undefined {
  // A rule of an extension has its place among that one's rules.
  const extension = rule?.toolComponent;
  const component = extension ? tool.extensions?.[extension.index ?? -1] : tool.driver;
  const rules = component?.rules ?? [];
  const index = ruleIndex ?? rule?.index;
  const id = ruleId ?? rule?.id;
  return index === undefined || index < 0 ? rules.find((one) => one.id === id) : rules[index];
}

function addInvocations(report: ReportBuilder, { tool, invocations }: Run): void {
  const name = tool.driver.name ?? "the tool";
  for (const one of invocations ?? []) {
    const { executionSuccessful, toolExecutionNotifications, toolConfigurationNotifications } = one;
    const told = [...(toolExecutionNotifications ?? []), ...(toolConfigurationNotifications ?? [])];
    const errors = told.filter(({ level }) => level === "error");
    for (const { message } of errors) report.add("error", name, message?.text ?? "");
    if (executionSuccessful === false && errors.length === 0)
      report.add("error", name, "It says that it did not run to its end.");
  }
}
