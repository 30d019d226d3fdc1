import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { locateTask, reviewContent } from "../../project/location.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { shortId } from "../../model/id.ts";
import { Review, ReviewType, reviewState } from "../../model/review.ts";
import { listReviews } from "../../store/reviews.ts";
import { getTask } from "../../store/tasks.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const Listed = z.extend(Review, {
  state: field(
    z.enum(["counts", "outdated", "voided", "changes_requested"]),
    "Where it stands against the content now",
  ),
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
  output: z.object({ task: z.string(), reviews: z.array(Listed) }),
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const found = await listReviews(store, task.id, input.type);
    if (found.length === 0) return { task: task.id, reviews: [] };
    const loaded = await loadConfig(context);
    const location = await locateTask(context, task, loaded);
    const present = new Map<string, string | undefined>();
    for (const type of new Set(found.map((review) => review.review_type))) {
      present.set(type, (await reviewContent(context, task, type, location, loaded)).content);
    }
    const reviews = found.map((review) => {
      const content = present.get(review.review_type);
      return { ...review, state: reviewState(review, content), present: content ?? null };
    });
    return { task: task.id, reviews };
  },
  text({ reviews }, text) {
    if (reviews.length === 0) return "No reviews found.";
    const rows = reviews.map((review) => [
      review.id,
      review.review_type,
      review.result,
      review.reviewer,
      stateText(review),
      ago(review.created_at, text.now),
      review.notes ?? "",
    ]);
    const heads = ["#", "TYPE", "RESULT", "REVIEWER", "STATE", "WHEN"].map((head) => ({ head, whole: true }));
    return table([...heads, { head: "NOTES" }], rows, text);
  },
});

function stateText(review: z.output<typeof Listed>): string {
  if (review.state === "voided" && review.void_reason?.startsWith("superseded") === true) return "superseded";
  if (review.state !== "outdated") return review.state.replace("_", " ");
  const now = review.present === null ? "nothing" : shortId(review.present);
  return `outdated: ${shortId(review.content)} → ${now}`;
}
