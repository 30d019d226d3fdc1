import { type Review, ReviewType } from "../../model/review.ts";
import type { OriginalRow } from "../../store/original/original-row.ts";
import { isPlainName, type Mapped, mapped, originalActor } from "../mapped.ts";
import { readRow } from "../read-row.ts";

/** Maps a row of `reviews`; nobody knows the content that it was made of, so it is void from the start. */
export function mapReview(source: OriginalRow, now: string): Mapped<Omit<Review, "id" | "task_id">> {
  const row = readRow(source);
  const type = ReviewType.options.find((one) => one === row.text("review_type")?.trim().toLowerCase());
  if (type === undefined) return { aside: "its type is none of spec, proposal, code and bugfix" };
  const word = row
    .text("result")
    ?.trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  if (word !== "approved" && word !== "changes_requested") {
    return { aside: "its result is neither approved nor changes_requested" };
  }
  const at = row.time("created_at");
  if (at === null) row.change("it has no time");
  const worker = row.text("worker_id");
  if (worker !== null && worker !== "" && !isPlainName(worker)) row.change("its reviewer is no name");
  const number = row.text("review_num");
  const which = number === null ? "" : `review ${number.slice(0, 20)} of the original, `;
  return mapped(
    {
      ...{ review_type: type, result: word, notes: row.text("reviewer_notes") },
      reviewer: isPlainName(worker) ? worker : "user:unknown",
      ...{ content: "", commit_sha: "", recorded_by: originalActor },
      ...{ voided_at: now, void_reason: `${which}of content that is not known` },
      created_at: at ?? now,
    },
    row,
  );
}
