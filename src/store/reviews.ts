import * as z from "zod/mini";
import { Review, type ReviewType } from "../model/review.ts";
import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** The reviews of a task, oldest first; one type, or all. */
export async function listReviews(store: Reader, task: string, type?: ReviewType): Promise<Review[]> {
  let query = store.db
    .selectFrom("reviews")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task);
  if (type !== undefined) query = query.where("review_type", "=", type);
  return (await query.orderBy("id").execute()).map((row) => z.parse(Review, row));
}

/** A review before it has a number and a time. */
export type NewReview = Pick<
  Review,
  "task_id" | "review_type" | "result" | "reviewer" | "notes" | "content" | "commit_sha"
>;

/** Adds a review. */
export async function addReview(tx: Writer, review: NewReview): Promise<Review> {
  const added: Review = {
    ...review,
    id: await nextNumber(tx, "reviews"),
    recorded_by: tx.stamp.actor.name,
    voided_at: null,
    void_reason: null,
    created_at: tx.stamp.now(),
  };
  await tx.db
    .insertInto("reviews")
    .values({ project_id: tx.project, ...added, channel: tx.stamp.actor.channel })
    .execute();
  return added;
}

/** Voids the reviews of some types of a task, which stay in its history; returns how many. */
export async function voidReviews(
  tx: Writer,
  task: string,
  types: readonly ReviewType[],
  reason: string,
): Promise<number> {
  if (types.length === 0) return 0;
  const result = await tx.db
    .updateTable("reviews")
    .set({ voided_at: tx.stamp.now(), void_reason: reason })
    .where("project_id", "=", tx.project)
    .where("task_id", "=", task)
    .where("review_type", "in", types)
    .where("voided_at", "is", null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
