import { join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { worktreePath } from "../model/paths.ts";
import { findWorktree, removeWorktreeRecord, type WorktreeRecord } from "../store/worktrees.ts";

/** What the event of letting a guest go remembers. */
export const ReleaseNote = z.object({ kind: z.literal("release"), task: z.string(), path: z.string() });
type ReleaseNote = z.output<typeof ReleaseNote>;

/** Whether a worktree was taken over where somebody else had made it: calm works in it, and never removes it. */
export async function isGuest(
  context: Context,
  { task_id: task, path }: Pick<WorktreeRecord, "task_id" | "path">,
): Promise<boolean> {
  const { root } = await context.project();
  return path !== join(root, worktreePath(task));
}

/** Forgets a guest, which stays as it is, and its branch with it. The caller holds the repository lock. */
export async function releaseGuest(context: Context, { task_id: task, path }: WorktreeRecord): Promise<void> {
  // Of a merge that has landed this is the end, even if the worker's lease went meanwhile.
  const store = await context.storeBeyondLease();
  const data: ReleaseNote = { kind: "release", task, path };
  // Another process may have been first, and the task have a worktree of calm's own now.
  if ((await findWorktree(store, task))?.path !== path) return;
  await store.write(async (tx) => {
    await removeWorktreeRecord(tx, task);
    await tx.event({ task, summary: `let go of worktree ${path}, which stays`, data });
  });
}
