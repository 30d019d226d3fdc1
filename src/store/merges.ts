import { sql } from "./queries.ts";
import type { Reader, Writer } from "./store.ts";
import type { MergeRow } from "./tables.ts";

/** Steps of the history that a list of the newest merges looks at. */
const lookedBack = 1000;

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

/** Takes a merge off the record; false when it was not there. */
export async function removeMerge(tx: Writer, id: string): Promise<boolean> {
  const result = await tx.db
    .deleteFrom("merges")
    .where("project_id", "=", tx.project)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
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

/** The merges that calm made in the project, newest first; of the original's not even the commit need exist. */
export async function listMerges(store: Reader): Promise<Pick<Merge, "id" | "commit_sha">[]> {
  return store.db
    .selectFrom("merges")
    .select(["id", "commit_sha"])
    .where("project_id", "=", store.project)
    .where("kind", "!=", "imported")
    .orderBy("merged_at", "desc")
    .execute();
}

/** Every merge of the project that landed on a branch, newest first. */
export async function listMergesInto(store: Reader, branch: string): Promise<Merge[]> {
  return store.db
    .selectFrom("merges")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("branch", "=", branch)
    .orderBy("merged_at", "desc")
    .execute();
}

/** A merge of a task's code, as lists show it. */
export interface RecentMerge {
  readonly task: string;
  readonly title: string;
  readonly commit_sha: string;
  readonly actor: string;
  readonly merged_at: string;
}

/** The newest merges of tasks, newest first; looks back over a bounded part of the history, however long that is. */
export async function listRecentMerges({ db, project }: Reader, limit: number): Promise<RecentMerge[]> {
  const query = sql<RecentMerge>`
    select m.task_id as task, t.title, m.commit_sha, m.actor, m.merged_at
    from (select * from phase_transitions where project_id = ${project}
      order by id desc limit ${sql.lit(lookedBack)}) h
    join merges m on m.project_id = h.project_id and m.task_id = h.task_id and m.gate_run_id = h.gate_run_id
    join tasks t on t.project_id = m.project_id and t.id = m.task_id
    where h.kind = 'merge' and h.from_phase <> 'MERGED'
    order by h.id desc limit ${sql.lit(limit)}`;
  return (await query.execute(db)).rows;
}
