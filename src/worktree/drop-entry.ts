import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { removeAtticRecord } from "../store/attic.ts";
import { failpoint } from "../system/failpoint.ts";
import { type AtticEntry, branchRefOf } from "./attic.ts";

/** Lets go of an entry of the attic; a kill in between leaves it there to be dropped again. The caller holds the lock. */
export async function dropEntry(context: Context, entry: AtticEntry): Promise<void> {
  const git = await context.git();
  const { task, ref, commit, branch_commit: branch } = entry;
  if ((await git.commitOf(ref)) !== commit) throw overtaken(entry);
  const again = [
    ...(branch === null ? [] : [`git update-ref ${branchRefOf(ref)} ${branch}`]),
    `git update-ref ${ref} ${commit}`,
  ].join(" && ");
  const store = await context.store();
  // Before the refs: a record without its ref would say that work was lost.
  await store.write(async (tx) => {
    await removeAtticRecord(tx, ref);
    await tx.event({ task, summary: `dropped ${ref}`, data: entry, undo: { instead: again } });
  });
  failpoint("drop.recorded");
  if (branch !== null && !(await git.deleteRef(branchRefOf(ref), branch))) throw overtaken(entry);
  failpoint("drop.branch-let-go");
  if (!(await git.deleteRef(ref, commit))) throw overtaken(entry);
  failpoint("drop.let-go");
}

function overtaken({ task, ref }: AtticEntry): Failure {
  return new Failure("lost_race", `${ref} has been changed or dropped meanwhile`, {
    hint: `See what is there: calm worktree attic list ${task}`,
  });
}
