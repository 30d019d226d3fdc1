import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { escapeControls } from "../../text/escape.ts";
import { type Mark, mark } from "../../text/mark.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

/** What stands between a task and its next phase. */
export const Answer = z.object({
  ...{ task: z.string(), title: z.string(), phase: z.string() },
  to: field(z.nullable(z.string()), "The next phase; null when the task is DONE"),
  transition: z.nullable(z.string()),
  refusal: field(
    z.nullable(z.object({ code: z.string(), message: z.string() })),
    "Why the transition would be refused now; null when it would be made, or a merge makes it",
  ),
  checks: z.array(
    z.object({
      check: z.string(),
      state: field(
        z.enum(["holds", "flaky", "fails", "unknown", "not_applicable", "overridden"]),
        "flaky = it passed only when it was run again; unknown = only running its command would tell",
      ),
      message: z.string(),
      run: field(z.nullable(z.int()), "The gate run that says so; null = looked at now"),
    }),
  ),
  approval: field(
    z.nullable(z.enum(["given", "missing", "overridden"])),
    "What a person has said of the present content; null = nobody is asked",
  ),
  blockers: field(
    z.array(
      z.object({ id: z.string(), title: z.string(), phase: z.string(), waits_for: z.array(z.string()) }),
    ),
    "Open tasks that it waits for, and what those wait for in turn; the nearest first",
  ),
  subtasks: z.int(),
  subtasks_done: z.int(),
  steps: field(
    z.array(z.object({ what: z.string(), command: z.nullable(z.string()) })),
    "What is left to do, in order; the last step moves the task",
  ),
});
type Answer = z.output<typeof Answer>;

const shownBlockers = 10;

const marks: Readonly<Record<Answer["checks"][number]["state"], Mark>> = {
  holds: "pass",
  flaky: "warn",
  fails: "fail",
  unknown: "pending",
  not_applicable: "skip",
  overridden: "warn",
};

/** The answer for people: on one screen. */
export function describeWhy(answer: Answer, text: Text): string {
  const { colors } = text;
  const heading = `${colors.bold(answer.task)}: ${escapeControls(answer.title)}`;
  if (answer.to === null) return `${heading}\nIt is DONE: nothing stands before it.`;
  const refusal = answer.refusal === null ? [] : [escapeControls(answer.refusal.message)];
  return [
    heading,
    `${answer.phase} → ${answer.to}${byWhom(answer)}`,
    ...refusal,
    ...gap(checkTable(answer, text)),
    ...blockerLines(answer, text),
    "",
    colors.bold("Next:"),
    ...answer.steps.flatMap((step, index) => stepLines(step, index + 1, text)),
  ].join("\n");
}

function byWhom({ transition, subtasks, subtasks_done: done }: Answer): string {
  if (transition === "DESIGN-DONE") return `, a parent: ${done} of ${subtasks} subtasks are DONE`;
  return transition === "INTEGRATE-VERIFY" || transition === "TESTED-MERGED" ? ", by its merge" : "";
}

function gap(block: string): string[] {
  return block === "" ? [] : ["", block];
}

function checkTable({ checks, approval }: Answer, text: Text): string {
  const rows = checks.map(({ check, state, message, run }) => {
    const from = run === null ? "" : ` (run ${run})`;
    return [marks[state], check, `${message.split("\n")[0] ?? ""}${from}`] as const;
  });
  const person = approval === null ? [] : [approvalRow(approval)];
  const cells = [...rows, ...person].map(([sign, name, message]) => [
    // A table measures text without colours; the sign takes one cell.
    { text: "·", paint: () => mark(sign, text.colors) },
    name,
    message,
  ]);
  return table([{ whole: true }, { whole: true }, {}], cells, text);
}

function approvalRow(approval: NonNullable<Answer["approval"]>) {
  const said = {
    given: ["pass", "a person has approved this content"],
    missing: ["fail", "a person has not approved this content"],
    overridden: ["warn", "a person has overridden the gate for this content"],
  } as const;
  const [sign, message] = said[approval];
  return [sign, "approval", message] as const;
}

function blockerLines({ blockers, checks }: Answer, { colors }: Text): string[] {
  if (blockers.length === 0) return [];
  const heading = checks.some(({ check }) => check === "not_blocked") ? "Waits for:" : "Will wait for:";
  const lines = blockers.slice(0, shownBlockers).map(({ id, phase, title, waits_for: waits }) => {
    const behind = waits.length > 0 ? `  waits for ${waits.join(", ")}` : "";
    return `  ${id}  ${phase}  ${escapeControls(title)}${behind}`;
  });
  const more = blockers.length - lines.length;
  return ["", colors.bold(heading), ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function stepLines({ what, command }: Answer["steps"][number], number: number, { colors }: Text): string[] {
  const lines = [`  ${number}. ${escapeControls(what)}`];
  if (command !== null) lines.push(`     ${colors.bold(escapeControls(command))}`);
  return lines;
}
