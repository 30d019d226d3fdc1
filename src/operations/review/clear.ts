import * as z from "zod/mini";
import { readStandingReviews } from "../../checks/standing-reviews.ts";
import { DryRun, field, TaskArgument, Yes } from "../../model/field.ts";
import { ReviewType } from "../../model/review.ts";
import { Prose } from "../../model/task.ts";
import { voidReviews } from "../../store/reviews.ts";
import { getTask } from "../../store/tasks.ts";
import { plural } from "../../text/plural.ts";
import { defineOperation } from "../operation.ts";

const Cleared = z.object({ task: z.string(), types: z.array(ReviewType), cleared: z.int() });
type Cleared = z.output<typeof Cleared>;

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
  output: z.object({
    task: z.string(),
    cleared: z.int(),
    owners: field(z.array(Cleared), "Whose reviews: the task's, and its parent's that stand in for its own"),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const types = input.type === undefined ? ReviewType.options : [input.type];
    const standing = (await readStandingReviews(context, task, types)).filter(
      ({ review }) => review.voided_at === null,
    );
    const ids = [...new Set(standing.map(({ review }) => review.task_id))];
    const found = ids.map((id): Cleared => {
      const reviews = standing.map(({ review }) => review).filter((review) => review.task_id === id);
      return {
        task: id,
        types: [...new Set(reviews.map((one) => one.review_type))],
        cleared: reviews.length,
      };
    });
    const answer = { task: task.id, cleared: standing.length, owners: found, dry_run: input.dry_run };
    if (input.dry_run || standing.length === 0) return answer;
    const whose = found.map((one) => `${plural(one.cleared, "review")} of ${one.task}`).join(" and ");
    await context.confirm(`Void ${whose}?`, input.yes);
    return store.write(async (tx) => {
      const owners: Cleared[] = [];
      for (const { task: owner, types: asked } of found) {
        const cleared = await voidReviews(tx, owner, asked, input.reason);
        const summary = `voided ${plural(cleared, "review")}`;
        await tx.event({ task: owner, summary, data: { types: asked, cleared, reason: input.reason } });
        owners.push({ task: owner, types: asked, cleared });
      }
      return { ...answer, owners, cleared: owners.reduce((sum, one) => sum + one.cleared, 0) };
    });
  },
  text: ({ task, owners, dry_run: dry }) => {
    const done = dry ? "Would clear" : "Cleared";
    const all = owners.length === 0 ? [{ task, cleared: 0 }] : owners;
    return all.map((one) => `${done} ${plural(one.cleared, "review")} for ${one.task}`).join("\n");
  },
});
