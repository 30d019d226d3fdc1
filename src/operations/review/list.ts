import * as z from "zod/mini";
import { readStandingReviews } from "../../checks/standing-reviews.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { shortId } from "../../model/id.ts";
import { recordedFor, Review, ReviewState, ReviewType } from "../../model/review.ts";
import { getTask } from "../../store/tasks.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const Listed = z.extend(Review, {
  state: field(ReviewState, "Where it stands against the content now"),
  present: field(z.nullable(z.string()), "The content now; null = there is none"),
});

/** `calm review list` */
export const reviewList = defineOperation({
  name: "review list",
  summary: "List a task's reviews and whether they count for the content as it is now",
  kind: "reviews",
  effect: "read",
  examples: ["calm review list SPEC-001", "calm review list SPEC-001 code"],
  input: z.object({ task: TaskArgument, type: z.optional(field(ReviewType, "Only this type")) }),
  positional: ["task", "type"],
  output: z.object({
    task: z.string(),
    reviews: field(z.array(Listed), "Also its parent's, where the parent's documents stand in for its own"),
  }),
  async run(context, input) {
    const task = await getTask(await context.store(), input.task);
    const types = input.type === undefined ? ReviewType.options : [input.type];
    const found = await readStandingReviews(context, task, types);
    const reviews = found.map(({ review, state, present }) => ({
      ...review,
      state,
      present: present ?? null,
    }));
    return { task: task.id, reviews };
  },
  text({ task, reviews }, text) {
    if (reviews.length === 0) return "No reviews found.";
    const shared = reviews.some((review) => review.task_id !== task);
    const rows = reviews.map((review) => [
      ...(shared ? [review.task_id] : []),
      ...[review.id, review.review_type, review.result, review.reviewer, stateText(review)],
      ...[recordedFor(review) ?? "", ago(review.created_at, text.now), review.notes ?? ""],
    ]);
    const heads = [
      ...(shared ? ["TASK"] : []),
      "#",
      "TYPE",
      "RESULT",
      "REVIEWER",
      "STATE",
      "RECORDED BY",
      "WHEN",
    ];
    return table([...heads.map((head) => ({ head, whole: true })), { head: "NOTES" }], rows, text);
  },
});

function stateText(review: z.output<typeof Listed>): string {
  if (review.state !== "outdated") return review.state.replace("_", " ");
  const now = review.present === null ? "nothing" : shortId(review.present);
  return `outdated: ${shortId(review.content)} → ${now}`;
}
