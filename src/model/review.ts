import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";

/** What a review looks at. */
export const ReviewType = z.enum(["spec", "proposal", "code", "bugfix"]);
export type ReviewType = z.output<typeof ReviewType>;

/** The verdict of a review; there is no third. */
export const ReviewResult = z.enum(["approved", "changes_requested"]);

/** A recorded review, bound to the content it was made of. */
export const Review = z.object({
  id: Count,
  task_id: z.string(),
  review_type: ReviewType,
  result: ReviewResult,
  reviewer: field(z.string(), "Worker id, or user:<name>"),
  notes: z.nullable(z.string()),
  content: field(z.string(), "Blob of the document, or hash of the diff, that was reviewed"),
  commit_sha: z.string(),
  recorded_by: z.string(),
  voided_at: z.nullable(Time),
  void_reason: z.nullable(z.string()),
  created_at: Time,
});
export type Review = z.output<typeof Review>;

/** Where a review stands against the present content. */
export const ReviewState = z.enum(["counts", "outdated", "voided", "superseded", "changes_requested"]);
export type ReviewState = z.output<typeof ReviewState>;

/** Why a review was voided by a later one. */
export function supersededBy(reviewer: string): string {
  return `superseded: ${reviewer} requested changes`;
}

/** Whether a review still says something about the present content. */
export function reviewState(review: Review, content: string | undefined): ReviewState {
  if (review.voided_at !== null) {
    return /^superseded: \S+ requested changes$/.test(review.void_reason ?? "") ? "superseded" : "voided";
  }
  if (review.content !== content) return "outdated";
  return review.result === "approved" ? "counts" : "changes_requested";
}

/** Who recorded a review in somebody else's name; undefined = the reviewer did. */
export function recordedFor(review: Review): string | undefined {
  const { reviewer, recorded_by: by } = review;
  return by === reviewer || by === `worker:${reviewer}` ? undefined : by;
}

/** The reviewers whose approvals of this type count for the present content. */
export function approvers(
  reviews: readonly Review[],
  type: ReviewType,
  content: string | undefined,
): string[] {
  const counting = reviews.filter(
    (one) => one.review_type === type && reviewState(one, content) === "counts",
  );
  return [...new Set(counting.map((one) => one.reviewer))];
}
