import * as z from "zod/mini";
import { lookAtQueue } from "../../merge/merge-queue.ts";
import { field } from "../../model/field.ts";
import { agedAfter, type LivingPlace, MergePlace, Precedence, whyAhead } from "../../model/merge-queue.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import { defineOperation } from "../operation.ts";

const QueuedMerge = z.extend(
  z.pick(MergePlace, {
    ...({ number: true, kind: true, priority: true, state: true, overtaken: true, actor: true } as const),
    ...({ host: true, pid: true, enqueued_at: true, progress_at: true } as const),
  }),
  {
    task: z.string(),
    stopped: field(z.boolean(), "Its process was stopped, as by Ctrl-Z: nobody waits for it"),
    turn: field(z.nullable(z.int()), "The number of its turn; null = it waits"),
    ahead: field(z.array(z.object({ task: z.string(), why: Precedence })), "Whom it waits for, and why"),
  },
);
type QueuedMerge = z.output<typeof QueuedMerge>;

/** `calm worktree queue` */
export const worktreeQueue = defineOperation({
  name: "worktree queue",
  summary: "Show the merges that are under way or wait, in the order of their turns, and why",
  kind: "merge_queue",
  effect: "read",
  examples: ["calm worktree queue", "calm worktree queue --watch"],
  watch: true,
  input: z.object({}),
  output: z.object({ merges: field(z.array(QueuedMerge), "The one that has its turn, or is next, first") }),
  async run(context) {
    const queue = await lookAtQueue(context);
    return { merges: queue.map((place, index) => queued(place, queue.slice(0, index))) };
  },
  text({ merges }, text) {
    if (merges.length === 0) return "No merges are under way.";
    const rows = merges.map((one) => [
      { text: one.task, paint: text.colors.bold },
      one.priority,
      one.stopped ? { text: "stopped", paint: text.colors.yellow } : one.state.replace("_", " "),
      ago(one.enqueued_at, text.now),
      `${one.actor}, process ${one.pid} on ${one.host}`,
      reason(one),
    ]);
    const heads = ["TASK", "PRIORITY", "STATE", "CAME", "WHO"].map((head) => ({ head, whole: true }));
    return table([...heads, { head: "PLACE" }], rows, text);
  },
});

function queued(place: LivingPlace, ahead: readonly LivingPlace[]): QueuedMerge {
  const { task_id: task, fence: turn, number, kind, priority, state, overtaken, stopped } = place;
  const { actor, host, pid, enqueued_at, progress_at } = place;
  return {
    ...{ task, turn, number, kind, priority, state, overtaken, stopped },
    ...{ actor, host, pid, enqueued_at, progress_at },
    ahead: ahead.map((other) => ({ task: other.task_id, why: whyAhead(other, place) })),
  };
}

const words: Readonly<Record<Precedence, string>> = {
  turn: "has its turn",
  aged: `was overtaken ${agedAfter} times`,
  priority: "is more urgent",
  earlier: "came earlier",
  stopped: "runs, and this one was stopped",
};

/** So many of those ahead are named; the JSON has them all. */
const named = 3;

function reason({ ahead, turn }: QueuedMerge): string {
  if (turn !== null) return "has its turn";
  if (ahead.length === 0) return "is next";
  const all = ahead.map(({ task, why }) => `${task}, which ${words[why]}`);
  const more = all.length > named ? [`and ${all.length - named} more`] : [];
  return `behind ${[...all.slice(0, named), ...more].join("; ")}`;
}
