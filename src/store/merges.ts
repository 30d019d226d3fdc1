import type { Reader, Writer } from "./store.ts";
import type { MergeRow } from "./tables.ts";

/** A merge that landed. */
export type Merge = MergeRow;

/** Records a merge; false when this operation has been recorded already, so that nothing counts twice. */
export async function addMerge(tx: Writer, merge: Merge): Promise<boolean> {
  const result = await tx.db
    .insertInto("merges")
    .values({ project_id: tx.project, ...merge })
    .onConflict((conflict) => conflict.columns(["project_id", "id"]).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** The newest commit that the original merged a task with; a claim that nobody here has checked. */
export async function findImportedMerge(store: Reader, task: string): Promise<string | undefined> {
  const row = await store.db
    .selectFrom("merges")
    .select("commit_sha")
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .where("kind", "=", "imported")
    .orderBy("merged_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.commit_sha;
}

/** The newest merge of a task's code. */
export async function findMerge(store: Reader, task: string): Promise<Merge | undefined> {
  return store.db
    .selectFrom("merges")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .where("kind", "=", "merge")
    .orderBy("merged_at", "desc")
    .limit(1)
    .executeTakeFirst();
}
