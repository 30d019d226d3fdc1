import type { Reader, Writer } from "./store.ts";

/** What is known of one commit: subject → JSON. */
export type CommitMemory = ReadonlyMap<string, string>;

/** Answers that are kept for a project: some of its default branch, and of each task at work. */
const most = 100;

/** What was read of a commit before. */
export async function findRemembered(store: Reader, commit: string): Promise<CommitMemory> {
  const rows = await store.db
    .selectFrom("remembered_commits")
    .select(["subject", "content"])
    .where("project_id", "=", store.project)
    .where("commit_oid", "=", commit)
    .execute();
  return new Map(rows.map(({ subject, content }) => [subject, content]));
}

/** Remembers what was read of a commit, and forgets what was read longest ago. */
export async function setRemembered(tx: Writer, commit_oid: string, memory: CommitMemory): Promise<void> {
  const read_at = tx.stamp.now();
  for (const [subject, content] of memory) {
    await tx.db
      .insertInto("remembered_commits")
      .values({ project_id: tx.project, commit_oid, subject, content, read_at })
      .onConflict((conflict) =>
        conflict.columns(["project_id", "commit_oid", "subject"]).doUpdateSet({ content, read_at }),
      )
      .execute();
  }
  const newest = await tx.db
    .selectFrom("remembered_commits")
    .select("read_at")
    .where("project_id", "=", tx.project)
    .orderBy("read_at", "desc")
    .limit(most + 1)
    .execute();
  const oldest = newest[most];
  if (oldest === undefined) return;
  await tx.db
    .deleteFrom("remembered_commits")
    .where("project_id", "=", tx.project)
    .where("read_at", "<=", oldest.read_at)
    .where("commit_oid", "!=", commit_oid)
    .execute();
}
