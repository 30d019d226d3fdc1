import * as z from "zod/mini";
import { Count, field, Time } from "./field.ts";
import { Priority } from "./task.ts";

/** So often a merge may be overtaken by more urgent ones; then it goes before all that came after it. */
export const agedAfter = 3;

/** What the process that holds a place does. */
export const PlaceState = z.enum([
  "waiting",
  "checking_ahead",
  "ready",
  "building",
  "checking",
  "publishing",
]);
export type PlaceState = z.output<typeof PlaceState>;

/** A place in a project's merge queue. */
export const MergePlace = z.object({
  number: field(Count, "Greater than that of every place taken before"),
  task_id: z.string(),
  kind: field(z.enum(["merge", "docs"]), "A task's code, or only its documents"),
  priority: field(Priority, "The task's, as it is now"),
  state: field(PlaceState, "What its process does; ready = checked on top of what is ahead"),
  fence: field(z.nullable(Count), "The number of its turn; null = it waits"),
  overtaken: field(Count, "How many that came later had their turn before it"),
  operation: field(z.nullable(z.string()), "The merge that it is making"),
  candidate: field(z.nullable(z.string()), "What the default branch would be once it has landed"),
  candidate_tree: z.nullable(z.string()),
  actor: z.string(),
  host: z.string(),
  pid: z.int(),
  pid_started: z.string(),
  enqueued_at: Time,
  progress_at: field(Time, "Since when it does what it does"),
  seen_at: field(Time, "Last sign of life"),
});
export type MergePlace = z.output<typeof MergePlace>;

/** A place, and whether its process was stopped, as by Ctrl-Z. */
export type LivingPlace = MergePlace & { readonly stopped: boolean };

/** Why one place goes before another. */
export const Precedence = z.enum(["turn", "aged", "priority", "earlier", "stopped"]);
export type Precedence = z.output<typeof Precedence>;

function isAged({ overtaken }: LivingPlace): boolean {
  return overtaken >= agedAfter;
}

/** The sort key of each rule, the strongest first; whoever has the smaller one goes first. */
const rules: readonly (readonly [Precedence, (place: LivingPlace) => number])[] = [
  // Nobody waits for what may never go on.
  ["stopped", (place) => Number(place.stopped)],
  // A turn is not taken away: the checks of a merge that has one are never in vain because of another merge.
  ["turn", (place) => Number(place.fence === null)],
  ["aged", (place) => Number(!isAged(place))],
  ["priority", (place) => (isAged(place) ? 0 : place.priority)],
  ["earlier", (place) => place.number],
];

function compare(one: LivingPlace, other: LivingPlace): number {
  for (const [, keyOf] of rules) if (keyOf(one) !== keyOf(other)) return keyOf(one) - keyOf(other);
  return 0;
}

/** The order in which the places have their turn. */
export function inOrder(places: readonly LivingPlace[]): LivingPlace[] {
  return [...places].sort(compare);
}

/** The rule by which one place goes before another that it stands ahead of. */
export function whyAhead(one: LivingPlace, other: LivingPlace): Precedence {
  return rules.find(([, keyOf]) => keyOf(one) !== keyOf(other))?.[0] ?? "earlier";
}

/** A place as it is told: what is merged, what its process does and which one that is. */
export function describePlace({ task_id: task, state, actor, host, pid }: MergePlace): string {
  return `${task} (${state.replace("_", " ")}; ${actor}, process ${pid} on ${host})`;
}
