import type { Context } from "../context.ts";
import { type Review, type ReviewState, reviewState, type ReviewType } from "../model/review.ts";
import type { Task } from "../model/task.ts";
import { loadConfig } from "../project/load-config.ts";
import { locateTask, type ReviewContent, reviewContent } from "../project/location.ts";
import { listReviews } from "../store/reviews.ts";

/** A review and where it stands now. */
export interface StandingReview {
  readonly review: Review;
  readonly state: ReviewState;
  /** The content now; undefined = there is none. */
  readonly present: string | undefined;
}

/**
 * The reviews that a task has to do with, oldest first: its own, and those of its parent where the parent's document
 * stands in for its own.
 */
export async function readStandingReviews(
  context: Context,
  task: Task,
  types: readonly ReviewType[],
): Promise<StandingReview[]> {
  const store = await context.store();
  const owners = [task.id, ...(task.spec_id === null ? [] : [task.spec_id])];
  const found = (await Promise.all(owners.map((id) => listReviews(store, id)))).flat();
  const reviews = found.filter((review) => types.includes(review.review_type));
  if (reviews.length === 0) return [];
  const loaded = await loadConfig(context);
  const location = await locateTask(context, task, loaded);
  const present = new Map<ReviewType, ReviewContent>();
  for (const type of new Set(reviews.map((review) => review.review_type))) {
    present.set(type, await reviewContent(context, task, type, location, loaded));
  }
  return reviews
    .map((review) => {
      const { owner, content } = present.get(review.review_type) ?? {};
      const state = reviewState(review, review.task_id === owner ? content : undefined);
      return { review, state, present: content, owner };
    })
    .filter(({ review, owner }) => review.task_id === task.id || review.task_id === owner)
    .sort((one, other) => one.review.id - other.review.id);
}
