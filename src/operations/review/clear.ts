import * as z from "zod/mini";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import { ReviewType } from "../../model/review.ts";
import { Prose } from "../../model/task.ts";
import { listReviews, voidReviews } from "../../store/reviews.ts";
import { getTask } from "../../store/tasks.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";

/** `calm review clear` */
export const reviewClear = defineOperation({
  name: "review clear",
  summary: "Void a task's reviews; they stay in its history",
  kind: "cleared_reviews",
  effect: "destroy",
  examples: ['calm review clear SPEC-001 spec --yes --reason "rewritten"'],
  input: z.object({
    task: TaskArgument,
    type: z.optional(field(ReviewType, "Only this type")),
    reason: field(z._default(Prose, "cleared"), "Why"),
    yes: Yes,
    dry_run: DryRun,
  }),
  positional: ["task", "type"],
  output: z.object({ task: z.string(), cleared: z.int(), dry_run: z.boolean() }),
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const counting = (await listReviews(store, task.id, input.type)).filter(
      (review) => review.voided_at === null,
    );
    const result = { task: task.id, cleared: counting.length, dry_run: input.dry_run };
    if (input.dry_run || counting.length === 0) return result;
    await context.confirm(`Void ${plural(counting.length, "review")} of ${task.id}?`, input.yes);
    const types = input.type ? [input.type] : ReviewType.options;
    return store.write(async (tx) => {
      const cleared = await voidReviews(tx, task.id, [...types], input.reason);
      await tx.event({
        task: task.id,
        summary: `voided ${plural(cleared, "review")}`,
        data: { types, cleared },
      });
      return { ...result, cleared };
    });
  },
  text: ({ task, cleared, dry_run: dry }) =>
    `${dry ? "Would clear" : "Cleared"} ${plural(cleared, "review")} for ${task}`,
});
