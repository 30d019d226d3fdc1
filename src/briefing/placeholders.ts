import type { PlaceholderValues } from "../roles/fill-placeholders.ts";
import { worktreeOf } from "./environment.ts";
import type { Facts } from "./gather.ts";
import { reviewTypeOf } from "./work-steps.ts";

/** What the placeholders of a role's text stand for in this task. */
export function placeholdersOf(facts: Facts): PlaceholderValues {
  const { task, worker, project, reviews, transition } = facts;
  const type = reviewTypeOf(facts, transition);
  const counting = reviews.filter((review) => review.review_type === type && review.state === "counts");
  return {
    task: task.id,
    worker: worker?.id,
    review: counting.length + 1,
    worktree: worktreeOf(facts),
    mainRepository: project.root,
    branch: task.id,
  };
}
