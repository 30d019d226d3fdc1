import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { examineAll, type Result } from "../doctor/examine.ts";
import type { Repair } from "../doctor/examination.ts";
import { Failure } from "../failure.ts";
import { DryRun, field } from "../model/field.ts";
import { escapeControls } from "../text/escape.ts";
import { mark } from "../text/mark.ts";
import type { Text } from "../text/text.ts";
import { defineOperation } from "./operation.ts";

const Check = z.object({
  check: z.string(),
  state: z.enum(["ok", "warning", "problem", "skipped"]),
  summary: field(z.string(), "What was seen, when nothing was found"),
  findings: z.array(
    z.object({
      state: z.enum(["warning", "problem"]),
      message: z.string(),
      command: field(z.string(), "How to go on"),
      fixable: field(z.boolean(), "--fix puts it right"),
    }),
  ),
});
type Check = z.output<typeof Check>;

/** `calm doctor` */
export const doctor = defineOperation({
  name: "doctor",
  summary: "Examine the machine, the database and the repository; --fix repairs what is safe",
  kind: "examination",
  effect: "write",
  examples: ["calm doctor", "calm doctor --fix --dry-run", "calm doctor --fix"],
  input: z.object({
    fix: field(z._default(z.boolean(), false), "Put right what can be put right without losing anything"),
    dry_run: DryRun,
  }),
  output: z.object({
    passed: field(z.boolean(), "No problem is left; warnings may be"),
    checks: z.array(Check),
    plan: field(z.array(z.string()), "What --fix does, or has done"),
    failed: field(z.array(z.string()), "What could not be put right, and why"),
    fixed: field(z.boolean(), "The plan was carried out"),
  }),
  async run(context, { fix, dry_run: dry }) {
    const first = await examineAll(context);
    const repairs = repairsIn(first);
    const carryOut = fix && !dry && repairs.length > 0;
    const failed = carryOut ? await repairAll(context, repairs) : [];
    const checks = (carryOut ? await examineAll(context) : first).map(toCheck);
    const passed = checks.every((check) => check.state !== "problem");
    return { passed, checks, plan: repairs.map(({ what }) => what), failed, fixed: carryOut };
  },
  text: ({ checks, plan, failed, fixed }, text) =>
    [
      text.colors.bold("CALM Doctor"),
      ...checks.flatMap((check) => checkLines(check, text)),
      ...planLines(plan, fixed, text),
      ...failed.map((line) => `  ${mark("fail", text.colors)} ${escapeControls(line)}`),
    ].join("\n"),
  passed: ({ passed }) => passed,
  next: ({ plan, fixed }) => (plan.length > 0 && !fixed ? ["calm doctor --fix"] : []),
});

/** What can be put right, in the order in which it was found. */
function repairsIn(results: readonly Result[]): Repair[] {
  return results.flatMap(({ findings }) => findings.flatMap(({ repair }) => repair ?? []));
}

async function repairAll(context: Context, repairs: readonly Repair[]): Promise<string[]> {
  for (const { what } of repairs) context.progress(`will ${what}`);
  const failed: string[] = [];
  for (const repair of repairs) {
    context.signal.throwIfAborted();
    try {
      await repair.run();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed.push(`could not ${repair.what}: ${error.message}`);
    }
  }
  return failed;
}

function toCheck({ name, skipped, summary, findings }: Result): Check {
  const worst = findings.some(({ state }) => state === "problem") ? "problem" : "warning";
  return {
    check: name,
    state: findings.length > 0 ? worst : skipped ? "skipped" : "ok",
    summary: findings.length > 0 ? "" : summary,
    findings: findings.map(({ state, message, command, repair }) => ({
      ...{ state, message, command, fixable: repair !== undefined },
    })),
  };
}

const signs = { ok: "pass", warning: "warn", problem: "fail", skipped: "skip" } as const;

function checkLines({ check, state, summary, findings }: Check, { colors }: Text): string[] {
  const name = check.padEnd(15);
  if (findings.length === 0) return [`${mark(signs[state], colors)} ${name}${escapeControls(summary)}`];
  return findings.flatMap((one, index) => [
    `${mark(signs[one.state], colors)} ${index === 0 ? name : " ".repeat(name.length)}${escapeControls(one.message)}`,
    `  ${" ".repeat(name.length)}${colors.bold(escapeControls(one.command))}`,
  ]);
}

function planLines(plan: readonly string[], fixed: boolean, { colors }: Text): string[] {
  if (plan.length === 0) return [];
  const title = fixed ? "Done:" : "calm doctor --fix will:";
  return [colors.bold(title), ...plan.map((line) => `  ${escapeControls(line)}`)];
}
