import type { Context } from "../context.ts";
import { type JournalEntry, listOpenJournal, setJournal } from "../store/journal.ts";
import { withRepositoryLock } from "../store/repository-lock.ts";
import { isAlive } from "../system/process-identity.ts";
import { CreationJournal, undoCreation } from "../worktree/create-worktree.ts";
import { finishRemoval, RemovalJournal } from "../worktree/remove-worktree.ts";
import { MergeJournal } from "./merge-journal.ts";
import { recoverMerge } from "./recover-merge.ts";

const lockWait = 60_000;

/** Runs work that changes the repository, alone; what a dead process left unfinished is put right first. */
export async function administer<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { commonDir } = await context.project();
  return withRepositoryLock(commonDir, { wait: lockWait, signal: context.signal }, async () => {
    for (const entry of await listOpenJournal(await context.store())) {
      const { host, pid, pid_started: started } = entry;
      if (host === context.host && !isAlive({ pid, started })) await recover(context, entry);
    }
    return work();
  });
}

async function recover(context: Context, entry: JournalEntry): Promise<void> {
  context.progress(`putting right what an interrupted ${entry.operation} left (${entry.id}, ${entry.state})`);
  const merge = MergeJournal.safeParse(entry.data);
  if (merge.success) {
    await recoverMerge(context, entry.id, entry.state, merge.data);
    return;
  }
  const removal = RemovalJournal.safeParse(entry.data);
  if (removal.success) {
    await finishRemoval(context, entry.id, removal.data);
    return;
  }
  const creation = CreationJournal.parse(entry.data);
  await undoCreation(context, entry.task_id ?? "", creation);
  const store = await context.store();
  await store.housekeep((tx) => setJournal(tx, entry.id, "aborted", creation, true));
}
