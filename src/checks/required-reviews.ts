import type { ProjectConfig } from "../model/config.ts";
import type { ReviewType } from "../model/review.ts";
import { gateOf, type TaskType, type Transition, transitions } from "../model/workflow.ts";

/** How many approvals of a type a gate wants: its own number, or, of reviews that a project added, the usual one. */
export function reviewsWanted(
  gate: { readonly transition: Transition; readonly reviewsRequired: number },
  config: ProjectConfig,
  type: TaskType,
  review: ReviewType,
): number {
  const own = gateOf(gate.transition).reviews?.type === review;
  return own ? gate.reviewsRequired : requiredReviews(config, type, review);
}

/** How many approvals of a review type the first gate that asks for it wants. */
export function requiredReviews(config: ProjectConfig, type: TaskType, review: ReviewType): number {
  for (const transition of transitions) {
    const gate = gateOf(transition);
    if (gate.type !== type || gate.reviews?.type !== review) continue;
    return config.gates[transition]?.reviews ?? gate.reviews.count;
  }
  return 2;
}
