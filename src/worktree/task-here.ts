import { relative } from "node:path";
import type { Context } from "../context.ts";
import { listWorktreeRecords } from "../store/worktrees.ts";

/** The task whose worktree the current directory lies in. */
export async function findTaskHere(context: Context): Promise<string | undefined> {
  const records = await listWorktreeRecords(await context.store());
  return records.find(({ path }) => {
    const inside = relative(path, context.cwd);
    return inside === "" || (!inside.startsWith("..") && !inside.startsWith("/"));
  })?.task_id;
}
