import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { removeAtticRecord } from "../store/attic.ts";
import { type AtticEntry, branchRefOf } from "./attic.ts";

/** Lets go of an entry of the attic; a kill in between leaves it there to be dropped again. The caller holds the lock. */
export async function dropEntry(context: Context, entry: AtticEntry): Promise<void> {
  const git = await context.git();
  const { task, ref, commit, branch_commit: branch } = entry;
  const gone =
    (branch === null || (await git.deleteRef(branchRefOf(ref), branch))) &&
    (await git.deleteRef(ref, commit));
  if (!gone) {
    throw new Failure("lost_race", `${ref} has been changed or dropped meanwhile`, {
      hint: `See what is there: calm worktree attic list ${task}`,
    });
  }
  const store = await context.storeBeyondLease(); // the ref is gone, and so must be its record
  await store.write(async (tx) => {
    await removeAtticRecord(tx, ref);
    await tx.event({ task, summary: `dropped ${ref}`, data: entry });
  });
}
