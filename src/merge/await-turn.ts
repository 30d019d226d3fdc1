import { setTimeout as sleep } from "node:timers/promises";
import { runsInsideCommand } from "../checks/command-slot.ts";
import type { Activity, Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { describePlace, type LivingPlace } from "../model/merge-queue.ts";
import type { Turn } from "../store/merge-queue.ts";
import { createForerunner, type Forerunner } from "./forerunner.ts";
import { mergeCommand } from "./merge-command.ts";
import { lookAtQueue, takeTurn } from "./merge-queue.ts";

const pause = 200;
/** So many of those ahead are named. */
const named = 3;

/** What is to be merged: a task, or its documents alone. */
type Wanted = Parameters<typeof mergeCommand>[0];

/** How a merge waits. */
export interface Waiting {
  /** Milliseconds since the queue has last moved on; 0 = it must be its turn at once. */
  readonly wait: number;
  /** Whether what the merge will be is checked meanwhile. */
  readonly ahead: boolean;
}

/**
 * Waits until it is the turn of a place; what the merge will be then is checked meanwhile. undefined when the place was
 * taken away; Failure busy when the queue has not moved on for too long.
 */
export async function awaitTurn(
  context: Context,
  place: LivingPlace["number"],
  wanted: Wanted,
  waiting: Waiting,
): Promise<Turn | undefined> {
  const forerunner = createForerunner(context, place, wanted.task, waiting);
  const patience = createPatience(context, `merge queue: ${wanted.task}`, waiting.wait);
  try {
    for (;;) {
      const queue = await lookAtQueue(context);
      const index = queue.findIndex(({ number }) => number === place);
      if (index === -1) return undefined;
      const turn = await nextTurn(context, queue, index, forerunner);
      if (turn) return turn;
      await patience.wait(queue.slice(0, index), wanted);
    }
  } finally {
    await forerunner.end();
    patience.end();
  }
}

async function nextTurn(
  context: Context,
  queue: readonly LivingPlace[],
  index: number,
  forerunner: Forerunner,
): Promise<Turn | undefined> {
  const place = queue[index]?.number;
  await forerunner.follow(queue.slice(0, index));
  // What is being checked is what will be merged: its end is waited for.
  return index === 0 && place !== undefined && !forerunner.atWork() ? takeTurn(context, place) : undefined;
}

/** Waits for others for a limited time, and tells what for. */
export interface Patience {
  /** Waits a little for those who are ahead; Failure busy when they have not moved on for too long. */
  wait(ahead: readonly LivingPlace[], wanted: Wanted): Promise<void>;
  end(): void;
}

/** Patience with the merge queue, which is told under a name. */
export function createPatience(context: Context, name: string, wait: number): Patience {
  // The merge that this calm's ancestor is part of would wait for it in turn.
  const most = runsInsideCommand(context) ? 0 : wait;
  let activity: Activity | undefined;
  let [seen, waited, told] = ["", 0, ""];
  return {
    async wait(ahead, wanted) {
      context.signal.throwIfAborted();
      const progress = progressOf(ahead);
      if (progress !== seen) [seen, waited] = [progress, 0];
      if (waited >= most && ahead.length > 0) throw waitedLong(wanted, ahead, most);
      const words = ahead.length === 0 ? "its checks are being finished" : `waiting for ${namesOf(ahead)}`;
      if (words !== told) {
        activity ??= await context.begin(name);
        activity.state("waiting", (told = words));
      }
      await sleep(pause);
      waited += pause;
    },
    end: () => activity?.end(),
  };
}

/** A text that changes when the places move on. */
function progressOf(places: readonly LivingPlace[]): string {
  return places
    .map(({ number, fence, state, operation }) => [number, fence, state, operation].join())
    .join(" ");
}

function namesOf(ahead: readonly LivingPlace[]): string {
  const more = ahead.length > named ? [`${ahead.length - named} more`] : [];
  return [...ahead.slice(0, named).map(({ task_id: task }) => task), ...more].join(", ");
}

function waitedLong(wanted: Wanted, ahead: readonly LivingPlace[], wait: number): Failure {
  const who = ahead.slice(0, 1).map(describePlace).join("");
  const since = wait === 0 ? "" : `; the queue has not moved on for ${Math.round(wait / 1000)} s`;
  return new Failure("busy", `The merge of ${wanted.task} has to wait for ${who}${since}`, {
    hint: `See who is ahead: calm worktree queue; wait longer: ${mergeCommand(wanted)} --wait 1h`,
    details: {
      ahead: ahead.map(({ task_id, state, actor, host, pid }) => ({
        task: task_id,
        state,
        actor,
        host,
        pid,
      })),
    },
  });
}
