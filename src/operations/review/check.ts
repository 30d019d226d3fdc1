import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { locateTask, reviewContent } from "../../project/location.ts";
import { requiredReviews } from "../../checks/required-reviews.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { approvers, ReviewType } from "../../model/review.ts";
import { listReviews } from "../../store/reviews.ts";
import { getTask } from "../../store/tasks.ts";
import { defineOperation } from "../operation.ts";

/** `calm review check` */
export const reviewCheck = defineOperation({
  name: "review check",
  summary: "Say whether enough reviews count for the content as it is now",
  kind: "review_check",
  effect: "read",
  examples: ["calm review check SPEC-001 spec"],
  input: z.object({ task: TaskArgument, type: field(ReviewType, "Type of review") }),
  positional: ["task", "type"],
  output: z.object({
    task: z.string(),
    review_type: ReviewType,
    passed: z.boolean(),
    approved: z.int(),
    required: z.int(),
    owner: field(z.string(), "Whose reviews these are: the task, or the parent whose document stands in"),
    reviewers: field(z.array(z.string()), "Whose approvals count"),
  }),
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const loaded = await loadConfig(context);
    const location = await locateTask(context, task, loaded);
    const present = await reviewContent(context, task, input.type, location, loaded);
    const { owner } = present;
    if (owner !== task.id) context.progress(`${task.id} has the ${input.type} of its parent ${owner}`);
    const reviewers = approvers(await listReviews(store, owner, input.type), input.type, present.content);
    const required = requiredReviews(loaded.config, task.type, input.type);
    return {
      task: task.id,
      review_type: input.type,
      passed: reviewers.length >= required,
      approved: reviewers.length,
      required,
      owner,
      reviewers,
    };
  },
  text: ({ passed, approved, required, review_type: type }) =>
    `${passed ? "PASS" : "FAIL"}: ${approved}/${required} ${type} reviews approved`,
  passed: ({ passed }) => passed,
  next: ({ passed, owner, review_type: type }) =>
    passed ? [] : [`calm review record ${owner} ${type} approved --worker <id>`],
});
