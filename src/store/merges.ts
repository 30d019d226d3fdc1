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

/** The merges of the project, newest first. */
export async function listMerges(store: Reader): Promise<Pick<Merge, "id" | "commit_sha">[]> {
  return store.db
    .selectFrom("merges")
    .select(["id", "commit_sha"])
    .where("project_id", "=", store.project)
    .orderBy("merged_at", "desc")
    .execute();
}
