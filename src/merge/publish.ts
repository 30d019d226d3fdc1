import type { Context } from "../context.ts";
import { askAgain, type ReviewDemand } from "../checks/asked-again.ts";
import { Failure } from "../failure.ts";
import { endsOf } from "../model/workflow.ts";
import { setJournal } from "../store/journal.ts";
import { holdsTurn, setPlace, type Turn } from "../store/merge-queue.ts";
import type { Writer } from "../store/store.ts";
import { getTask } from "../store/tasks.ts";
import { requireUnlocked } from "./admit.ts";
import type { BuiltMerge } from "./merge-journal.ts";
import { moveToCandidate } from "./move-branch.ts";

/** What no content anchors and must still hold when the branch is moved: what the gate has passed, and the turn. */
export interface HeldChecks {
  readonly checks: readonly string[];
  readonly reviews: readonly ReviewDemand[];
  readonly turn: Turn;
}

/**
 * Moves the default branch to the candidate, as `moveToCandidate` does, unless the turn was lost, the task's branch has
 * moved or what no content anchors has changed since its checks.
 */
export async function publish(
  context: Context,
  id: string,
  merge: BuiltMerge,
  held: HeldChecks,
): Promise<boolean> {
  return moveToCandidate(context, id, merge, async (published) => {
    await requireHeadUnmoved(context, merge);
    const store = await context.store();
    return store.housekeep((tx) => startPublishing(tx, id, published, held));
  });
}

/**
 * The last moment at which turn, lock, phase and reviews are asked; from then on a dead process's merge is looked into.
 * False when others went ahead while this process was taken for dead.
 */
async function startPublishing(
  tx: Writer,
  id: string,
  merge: BuiltMerge,
  held: HeldChecks,
): Promise<boolean> {
  if (!(await holdsTurn(tx, held.turn))) return false;
  if (!merge.forced) await requireUnlocked(tx);
  const task = await getTask(tx, merge.task);
  const { from } = endsOf(merge.transition);
  if (merge.docs !== true && task.phase !== from) {
    throw new Failure("wrong_phase", `Task ${task.id} went to ${task.phase} while its merge was checked`, {
      hint: `See what comes next: calm task show ${task.id}`,
    });
  }
  await askAgain(tx, task, held.reviews, held.checks);
  await setPlace(tx, held.turn.place, { state: "publishing" });
  if (await setJournal(tx, id, "publishing", merge)) return true;
  throw new Failure("lost_race", `The merge ${id} has been taken back meanwhile`, { hint: "Try again" });
}

/** Refuses when the task's branch is no longer what was checked. */
export async function requireHeadUnmoved(
  context: Context,
  merge: Pick<BuiltMerge, "task" | "head">,
): Promise<void> {
  const git = await context.git();
  if ((await git.commitOf(`refs/heads/${merge.task}`)) === merge.head) return;
  throw new Failure("branch_moved", `The branch ${merge.task} has moved since its merge was checked`, {
    hint: `Have it reviewed and checked as it is now: calm task show ${merge.task}`,
    details: { checked: merge.head },
  });
}
