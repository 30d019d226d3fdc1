import * as z from "zod/mini";
import { readGateSubject } from "../../checks/gate-subject.ts";
import { Failure } from "../../failure.ts";
import { Approval } from "../../model/approval.ts";
import { closest } from "../../model/closest.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { Prose } from "../../model/task.ts";
import { endsOf, gateOf, parseTransition, transitions } from "../../model/workflow.ts";
import { contentToOverride } from "../../merge/preview-candidate.ts";
import { addApproval } from "../../store/approvals.ts";
import { getTask } from "../../store/tasks.ts";
import { defineOperation } from "../operation.ts";

/** `calm task override` */
export const taskOverride = defineOperation({
  name: "task override",
  summary: "Let a gate, or one check of it, count as met for the content as it is now; for a person",
  kind: "approval",
  effect: "write",
  authority: "human",
  examples: [
    'calm task override SPEC-004 IMPLEMENT-CODE_REVIEW --check code_exists --reason "documentation only"',
  ],
  input: z.object({
    task: TaskArgument,
    transition: field(z.string(), "FROM-TO"),
    check: z.optional(field(z.string(), "Only this check; default the whole gate")),
    reason: field(Prose, "Why; shown for ever"),
  }),
  positional: ["task", "transition"],
  output: Approval,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const transition = parseTransition(input.transition, task.type);
    const subject = await readGateSubject(context, task, transition);
    if (input.check !== undefined)
      requireCheck(
        input.check,
        subject.gate.checks.map((one) => one.check),
      );
    if (input.reason.trim() === "") {
      throw new Failure("invalid_input", "An override needs a reason", { hint: 'Add it: --reason "<why>"' });
    }
    const content = await contentToOverride(context, subject);
    const what =
      input.check === undefined ? `the whole gate ${transition}` : `${input.check} of ${transition}`;
    const command = `calm task override ${task.id} ${transition}${input.check === undefined ? "" : ` --check ${input.check}`} --reason "…"`;
    await context.askPerson({
      question: `Override ${what} for ${task.id} (${task.title})?`,
      word: task.id,
      command,
    });
    return store.write(async (tx) => {
      const check = input.check ?? null;
      const words = { task_id: task.id, transition, check, content, reason: input.reason };
      const override = await addApproval(tx, { ...words, kind: "override" });
      await tx.event({
        task: task.id,
        summary: `${override.user} overrode ${what}: ${input.reason}`,
        data: override,
      });
      return override;
    });
  },
  text: ({ task_id: task, transition, check }) =>
    `Overrode ${check === null ? "the whole gate" : check} of ${transition} for ${task}, for this content only`,
  next: ({ task_id: task, transition, check }) => {
    const known = transitions.find((name) => name === transition);
    if (!known || check !== null) return [`calm gate check ${task} ${transition}`];
    const merges = gateOf(known).movedBy === "merge";
    return [merges ? `calm worktree merge ${task}` : `calm task transition ${task} ${endsOf(known).to}`];
  },
});

function requireCheck(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = closest(name, known);
  throw new Failure("unknown_check", `The gate has no check ${name}`, {
    hint: near ? `Did you mean ${near}?` : `Its checks: ${known.join(", ")}`,
    details: { known },
  });
}
