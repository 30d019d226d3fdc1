import * as z from "zod/mini";
import { resolveCommands } from "../../checks/project-commands.ts";
import { resolveGate } from "../../checks/resolve-gate.ts";
import { field } from "../../model/field.ts";
import { parseTransition, TaskType, transitions } from "../../model/workflow.ts";
import { loadConfig, unmergedConfig } from "../../project/load-config.ts";
import { escapeControls } from "../../text/escape.ts";
import { defineOperation } from "../operation.ts";
import { checkLines, DescribedCheck, describeCheck } from "./describe-check.ts";

const Gates = z.object({
  gates: z.array(
    z.object({
      transition: z.string(),
      type: TaskType,
      moved_by: z.enum(["transition", "merge"]),
      anchor: field(z.string(), "What a verdict belongs to"),
      approval: z.enum(["person", "none"]),
      reviews: z.nullable(z.object({ type: z.string(), required: z.int() })),
      deviations: field(z.array(z.string()), "How this project differs from calm's own table"),
      checks: z.array(DescribedCheck),
    }),
  ),
  notes: field(z.array(z.string()), "Configuration that does not count yet, and where commands were found"),
});

/** `calm gate list` */
export const gateList = defineOperation({
  name: "gate list",
  summary: "List what each transition demands in this project, with the exact commands",
  kind: "gates",
  effect: "read",
  examples: ["calm gate list", "calm gate list --type bug", "calm gate list IMPLEMENT-CODE_REVIEW"],
  input: z.object({
    transition: z.optional(field(z.string(), "Only this one, FROM-TO")),
    type: z.optional(field(TaskType, "Only features, or only bugs")),
  }),
  positional: ["transition"],
  output: Gates,
  async run(context, input) {
    const loaded = await loadConfig(context);
    const commands = await resolveCommands(context, loaded, loaded.tip);
    const only = input.transition === undefined ? undefined : findTransition(input.transition);
    const gates = transitions
      .filter((name) => only === undefined || name === only)
      .map((name) => resolveGate(name, loaded, commands))
      .filter(({ gate }) => input.type === undefined || gate.type === input.type)
      .map(({ transition, gate, checks, approval, deviations, reviewsRequired }) => ({
        ...{ transition, type: gate.type, moved_by: gate.movedBy, anchor: gate.anchor, approval },
        reviews: gate.reviews ? { type: gate.reviews.type, required: reviewsRequired } : null,
        deviations: [...deviations],
        checks: checks.map(describeCheck),
      }));
    const note = await unmergedConfig(context, loaded, undefined, undefined);
    return { gates, notes: [note, commands.note].filter((text) => text !== undefined) };
  },
  text({ gates, notes }, { colors }) {
    const lines = [colors.bold("Gate Requirements by Transition")];
    for (const gate of gates) {
      const by = gate.moved_by === "merge" ? "  (by calm worktree merge)" : "";
      lines.push("", `${colors.bold(gate.transition)}${by}`);
      for (const check of gate.checks) lines.push(...checkLines(check).map((line) => `  ${line}`));
      if (gate.reviews) lines.push(`  ${gate.reviews.required} ${gate.reviews.type} reviews`);
      if (gate.approval === "person") lines.push("  a person approves");
      for (const deviation of gate.deviations) lines.push(colors.yellow(`  ! ${escapeControls(deviation)}`));
    }
    return [...lines, ...notes.map((note) => `\nNote: ${note}`)].join("\n");
  },
});

/** A transition of either type. */
function findTransition(name: string): string {
  const type = transitions
    .slice(transitions.indexOf("REPORTED-INVESTIGATED"))
    .some((one) => one === name.toUpperCase());
  return parseTransition(name, type ? "bug" : "feature");
}
