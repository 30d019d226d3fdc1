import * as z from "zod/mini";
import { defaultPriority } from "../model/task.ts";
import { MergePlace } from "../model/merge-queue.ts";
import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** The right to publish the next merge; whoever has lost the place, or the turn, has lost the number too. */
export interface Turn {
  readonly place: number;
  /** Greater than that of every turn before. */
  readonly fence: number;
}

/** The places of the project's merge queue, the dead ones' too, by number. */
export async function listPlaces(store: Reader): Promise<MergePlace[]> {
  const rows = await store.db
    .selectFrom("merge_queue as q")
    .leftJoin("tasks as t", (join) =>
      join.onRef("t.project_id", "=", "q.project_id").onRef("t.id", "=", "q.task_id"),
    )
    .selectAll("q")
    .select("t.priority")
    .where("q.project_id", "=", store.project)
    .orderBy("q.number")
    .execute();
  return rows.map(({ priority, ...row }) =>
    z.parse(MergePlace, { ...row, priority: priority ?? defaultPriority }),
  );
}

/** Takes the last place for this process; there is none of the task. */
export async function addPlace(
  tx: Writer,
  { task, kind }: { readonly task: string; readonly kind: MergePlace["kind"] },
): Promise<number> {
  const number = await nextNumber(tx, "merge_place");
  const { actor, host, process } = tx.stamp;
  const now = tx.stamp.now();
  await tx.db
    .insertInto("merge_queue")
    .values({
      ...{ project_id: tx.project, number, task_id: task, kind, state: "waiting", fence: null, overtaken: 0 },
      ...{ operation: null, candidate: null, candidate_tree: null, actor: actor.name },
      ...{ host, pid: process.pid, pid_started: process.started },
      ...{ enqueued_at: now, progress_at: now, seen_at: now },
    })
    .execute();
  return number;
}

/** Gives places up; those that are gone already are no concern. */
export async function removePlaces(tx: Writer, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  await tx.db
    .deleteFrom("merge_queue")
    .where("project_id", "=", tx.project)
    .where("number", "in", numbers)
    .execute();
}

/** What the holder of a place tells of itself. */
export type PlaceNews = Partial<Pick<MergePlace, "state" | "operation" | "candidate" | "candidate_tree">>;

/** Tells what the holder of a place does now; nobody hears of one that is gone. */
export async function setPlace(tx: Writer, number: number, news: PlaceNews): Promise<void> {
  const now = tx.stamp.now();
  await tx.db
    .updateTable("merge_queue")
    .set({ ...news, progress_at: now, seen_at: now })
    .where("project_id", "=", tx.project)
    .where("number", "=", number)
    .execute();
}

/** Gives a sign of life, which other hosts go by. */
export async function renewPlace(tx: Writer, number: number): Promise<void> {
  await tx.db
    .updateTable("merge_queue")
    .set({ seen_at: tx.stamp.now() })
    .where("project_id", "=", tx.project)
    .where("number", "=", number)
    .execute();
}

/** Gives a place the next turn, and takes it from whoever had it; those that came earlier have been overtaken. */
export async function giveTurn(tx: Writer, place: number): Promise<Turn> {
  const fence = await nextNumber(tx, "merge_fence");
  const queue = tx.db.updateTable("merge_queue").where("project_id", "=", tx.project);
  await queue.set({ fence: null }).execute();
  await queue
    .set((eb) => ({ overtaken: eb("overtaken", "+", 1) }))
    .where("number", "<", place)
    .execute();
  await queue.set({ fence }).where("number", "=", place).execute();
  await setPlace(tx, place, { state: "building" });
  return { place, fence };
}

/** Whether a turn is still the place's; asked within the transaction that starts to publish. */
export async function holdsTurn(store: Reader, { place, fence }: Turn): Promise<boolean> {
  const row = await store.db
    .selectFrom("merge_queue")
    .select("fence")
    .where("project_id", "=", store.project)
    .where("number", "=", place)
    .executeTakeFirst();
  return row?.fence === fence;
}
