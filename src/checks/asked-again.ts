import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { ReviewType } from "../model/review.ts";
import type { Task } from "../model/task.ts";
import { type ReviewContent, reviewContent } from "../project/location.ts";
import { openBlockers } from "../store/blockers.ts";
import type { Reader } from "../store/store.ts";
import type { GateSubject } from "./gate-subject.ts";
import { countSubtasks } from "./relations.ts";
import { reviewsWanted } from "./required-reviews.ts";
import { countReviews } from "./reviews.ts";

/** Reviews that a gate asks for, and the content that they must be of. */
export interface ReviewDemand {
  readonly type: ReviewType;
  readonly required: number;
  readonly content: ReviewContent;
}

/** The reviews that the checks of a gate ask for, its own ones and those that a project added. */
export async function readReviewDemands(context: Context, subject: GateSubject): Promise<ReviewDemand[]> {
  const { task, gate, loaded, location } = subject;
  const demands: ReviewDemand[] = [];
  for (const type of ReviewType.options) {
    if (!gate.checks.some(({ check }) => check === checkOf(type))) continue;
    const content = await reviewContent(context, task, type, location, loaded);
    demands.push({ type, required: reviewsWanted(gate, loaded.config, task.type, type), content });
  }
  return demands;
}

function checkOf(type: ReviewType): string {
  return `${type}_reviews`;
}

/**
 * Asks again what no content anchors, within the transaction that acts on a gate's pass: whatever the run has seen of
 * reviews, blockers and subtasks may have changed since. Only the checks named are asked.
 */
export async function askAgain(
  tx: Reader,
  task: Task,
  demands: readonly ReviewDemand[],
  checks: readonly string[],
): Promise<void> {
  for (const { type, required, content } of demands) {
    if (!checks.includes(checkOf(type))) continue;
    const counted = await countReviews(tx, type, required, content);
    if (counted.verdict === "pass") continue;
    const hint = `See them: calm review list ${content.owner} ${type}`;
    throw new Failure("reviews_missing", counted.message, { hint });
  }
  const open = checks.includes("not_blocked") ? await openBlockers(tx, task.id) : [];
  if (open.length > 0) {
    const hint = `Finish it first: calm task show ${open[0] ?? ""}`;
    throw new Failure("blocked_task", `Task ${task.id} is blocked by ${open.join(", ")}`, { hint });
  }
  if (!checks.includes("subtasks_done")) return;
  const counted = await countSubtasks(tx, task.id);
  if (counted.verdict === "pass") return;
  throw new Failure("blocked_task", counted.message, {
    hint: `See them: calm task list --spec ${task.id} --include-done`,
  });
}
