import { approvers, type ReviewType, reviewState } from "../model/review.ts";
import { listReviews } from "../store/reviews.ts";
import type { Reader } from "../store/store.ts";
import { type Check, type CheckResult, fail, pass } from "./check.ts";
import { type ReviewContent, reviewContent } from "../project/location.ts";
import { reviewsWanted } from "./required-reviews.ts";

/** Counts the approvals for the present content against the number required; also asked within a transition. */
export async function countReviews(
  store: Reader,
  type: ReviewType,
  required: number,
  present: ReviewContent,
): Promise<CheckResult> {
  const reviews = await listReviews(store, present.owner, type);
  const counted = approvers(reviews, type, present.content).length;
  if (counted >= required) return pass(`${counted}/${required} ${type} reviews approved`);
  const outdated = reviews.filter((one) => reviewState(one, present.content) === "outdated").length;
  const refused = reviews.some((one) => reviewState(one, present.content) === "changes_requested");
  const why = [
    present.content === undefined ? "there is nothing committed to review yet" : "",
    outdated > 0 ? `${outdated} outdated, because the content changed since` : "",
    refused ? "changes were requested" : "",
  ].filter((part) => part !== "");
  const because = why.length > 0 ? ` (${why.join("; ")})` : "";
  return fail(
    `${counted}/${required} ${type} reviews approved${because}. Record one: ` +
      `calm review record ${present.owner} ${type} approved --worker <id>`,
  );
}

/** A check that asks for reviews of one type; the number is the gate's. */
export function reviewsCheck(type: ReviewType): Check {
  return async ({ context, task, transition, location, loaded, reviewsRequired }) => {
    const required = reviewsWanted({ transition, reviewsRequired }, loaded.config, task.type, type);
    const present = await reviewContent(context, task, type, location, loaded);
    return countReviews(await context.store(), type, required, present);
  };
}
