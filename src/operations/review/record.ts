import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import { locateTask, reviewContent } from "../../project/location.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { Review, ReviewResult, ReviewType, reviewState, supersededBy } from "../../model/review.ts";
import { gitIn } from "../../model/shell-quote.ts";
import { Prose, type Task } from "../../model/task.ts";
import { reviewingRoles } from "../../model/worker.ts";
import { addReview, listReviews, voidReviews } from "../../store/reviews.ts";
import type { Writer } from "../../store/store.ts";
import { getTask } from "../../store/tasks.ts";
import { listWorkers } from "../../store/workers.ts";
import { chooseReviewer } from "../../tasks/choose-reviewer.ts";
import { defineOperation } from "../operation.ts";

const input = z.object({
  task: TaskArgument,
  type: field(ReviewType, "What was reviewed"),
  result: field(ReviewResult, "The verdict; there is no third"),
  worker: z.optional(
    field(z.string(), "Worker that reviewed; default CALM_WORKER, else the user of this machine"),
  ),
  notes: z.optional(field(Prose, "What was found")),
});

const Recorded = z.extend(Review, { superseded: field(z.int(), "Earlier reviews that this one voided") });

/** `calm review record` */
export const reviewRecord = defineOperation({
  name: "review record",
  summary: "Record a review of the content as it is now",
  kind: "review",
  effect: "write",
  examples: [
    "calm review record SPEC-001 spec approved --worker W-k3m9x2p7qa",
    'calm review record BUG-003 bugfix changes_requested --notes "the test passes without the fix"',
  ],
  input,
  positional: ["task", "type", "result"],
  output: Recorded,
  run: record,
  text: (review) =>
    [
      `Recorded ${review.review_type} review: ${review.result}`,
      ...(review.result === "changes_requested" ? ["Previous reviews cleared - review cycle restarted"] : []),
    ].join("\n"),
  next: (review) => [`calm review check ${review.task_id} ${review.review_type}`],
});

async function record(context: Context, wanted: z.output<typeof input>): Promise<z.output<typeof Recorded>> {
  const store = await context.store();
  const named = await getTask(store, wanted.task);
  const loaded = await loadConfig(context);
  const location = await locateTask(context, named, loaded);
  const present = await reviewContent(context, named, wanted.type, location, loaded);
  const { content } = present;
  if (content === undefined) throw nothingToReview(named, wanted.type);
  if (present.owner !== named.id)
    context.progress(`${named.id} has the ${wanted.type} of its parent ${present.owner}`);
  return store.write(async (tx) => {
    const task = await getTask(tx, present.owner);
    const reviewer = await chooseReviewer(tx, task, wanted.worker);
    if (wanted.result === "approved") await requireFirstOpinion(tx, task, wanted.type, reviewer, content);
    const superseded =
      wanted.result === "approved"
        ? 0
        : await voidReviews(tx, task.id, [wanted.type], supersededBy(reviewer));
    const review = await addReview(tx, {
      task_id: task.id,
      review_type: wanted.type,
      result: wanted.result,
      reviewer,
      notes: wanted.notes ?? null,
      content,
      commit_sha: present.commit,
    });
    const summary = `${reviewer} reviewed ${wanted.type}: ${wanted.result}`;
    await tx.event({ task: task.id, summary, data: { review, superseded } });
    return { ...review, superseded };
  });
}

/** One reviewer counts once for the same content. */
async function requireFirstOpinion(
  tx: Writer,
  task: Task,
  type: ReviewType,
  reviewer: string,
  content: string,
): Promise<void> {
  const counting = (await listReviews(tx, task.id, type)).filter(
    (review) => reviewState(review, content) === "counts",
  );
  const earlier = counting.find((review) => review.reviewer === reviewer);
  if (!earlier) return;
  const others = (await listWorkers(tx, { task: task.id, status: "active" })).filter(
    ({ id, role }) => reviewingRoles.includes(role) && !counting.some((review) => review.reviewer === id),
  );
  const other = others[0]?.id;
  throw new Failure(
    "duplicate_review",
    `${reviewer} has approved this ${type} already (review ${earlier.id})`,
    {
      hint: other
        ? `Let another one review: calm review record ${task.id} ${type} approved --worker ${other}`
        : `Let another one review: calm worker start ${task.id} reviewer`,
    },
  );
}

function nothingToReview(task: Task, type: ReviewType): Failure {
  const code = type === "code" || type === "bugfix";
  const what = code ? "no committed change of code" : `no committed ${type}`;
  const hint =
    task.worktree_path === null
      ? `Make a worktree and commit there: calm worktree create ${task.id}`
      : `Commit it first: ${gitIn(task.worktree_path)} add -A && ${gitIn(task.worktree_path)} commit`;
  return new Failure("nothing_to_review", `${task.id} has ${what} that a review could be bound to`, { hint });
}
