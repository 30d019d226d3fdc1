import * as z from "zod/mini";
import { PhaseTransition } from "../model/task.ts";
import { inChunks } from "./in-chunks.ts";
import { nextNumbers } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

/** The history of a task, oldest first. */
export async function listHistory(store: Reader, task: string): Promise<PhaseTransition[]> {
  const rows = await store.db
    .selectFrom("phase_transitions")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .orderBy("id")
    .execute();
  return rows.map((row) => z.parse(PhaseTransition, row));
}

/** A step in a task's history, before it has a number, an actor and a time. */
export type NewPhaseTransition = Omit<PhaseTransition, "id" | "actor" | "transitioned_at">;

/** Adds a step to a task's history. */
export async function addTransition(tx: Writer, step: NewPhaseTransition): Promise<void> {
  await addTransitions(tx, [step]);
}

/** Adds steps to the histories of tasks. */
export async function addTransitions(tx: Writer, steps: readonly NewPhaseTransition[]): Promise<void> {
  for (const some of inChunks(steps)) {
    const first = await nextNumbers(tx, "phase_transitions", some.length);
    const rows = some.map((step, index) => ({
      ...{ project_id: tx.project, id: first + index, ...step },
      ...{ actor: tx.stamp.actor.name, transitioned_at: tx.stamp.now() },
    }));
    await tx.db.insertInto("phase_transitions").values(rows).execute();
  }
}
