import type { Context } from "../context.ts";
import type { JournalEntry } from "../store/journal.ts";
import { endLeftProcesses } from "../system/left-processes.ts";
import { isAlive, processMark } from "../system/process-identity.ts";
import { CreationJournal, recoverCreation } from "../worktree/create-worktree.ts";
import { recoverRemoval, RemovalJournal } from "../worktree/remove-worktree.ts";
import { recoverRestoration, RestorationJournal } from "../worktree/restore-worktree.ts";
import { isBeforePublishing, MergeJournal, pinRef, UndoJournal } from "./merge-journal.ts";
import { reconcileMerges, RestoreJournal } from "./reconcile-merges.ts";
import { recoverMerge } from "./recover-merge.ts";
import { recoverUndo } from "./recover-undo.ts";

/** Puts right what was left unfinished. The caller holds the repository lock. */
export async function recoverOpen(context: Context, open: readonly JournalEntry[]): Promise<void> {
  for (const entry of innerFirst(open)) {
    const { host, pid, pid_started: started } = entry;
    const restore = RestoreJournal.safeParse(entry.data);
    if (restore.success) {
      // Nothing of it runs or lies about anywhere, so whoever is first may end it.
      await reconcileMerges(context, entry.id, restore.data);
      continue;
    }
    if (host !== context.host) continue;
    const dead = !isAlive({ pid, started });
    // All other states are entered and left under the lock, which is ours: their holder has given up or is dead.
    if (dead || !isBeforePublishing(entry.state)) {
      await recover(finishing(context, entry), entry, dead);
    }
  }
}

/** A merge or an undo removes worktrees as a part of it, and goes on from where that part has ended. */
function innerFirst(entries: readonly JournalEntry[]): JournalEntry[] {
  const isInner = ({ data }: JournalEntry): boolean => RemovalJournal.safeParse(data).success;
  return [...entries.filter(isInner), ...entries.filter((entry) => !isInner(entry))];
}

/** What is finished for somebody belongs to what was interrupted, and is taken back with that. */
function finishing(context: Context, { run }: JournalEntry): Context {
  if (run === null) return context;
  const [store, beyondLease] = [context.store.bind(context), context.storeBeyondLease.bind(context)];
  return {
    ...context,
    store: async () => (await store()).forRun(run),
    storeBeyondLease: async () => (await beyondLease()).forRun(run),
  };
}

async function recover(context: Context, entry: JournalEntry, dead: boolean): Promise<void> {
  const { id, state, operation, pid, pid_started: started, data } = entry;
  context.progress(`putting right what an interrupted ${operation} left (${id}, ${state})`);
  const merge = MergeJournal.safeParse(data);
  const undo = UndoJournal.safeParse(data);
  const removal = RemovalJournal.safeParse(data);
  const restoration = RestorationJournal.safeParse(data);
  if (dead) {
    // A git of the dead process may still be at work.
    await endLeftProcesses({ group: 0, marker: processMark({ pid, started }) });
    const branches = [entry.task_id, merge.data?.target, undo.data?.target].filter((one) => one);
    const git = await context.git();
    await git.removeStaleLocks([...branches.map((branch) => `refs/heads/${branch}`), pinRef(id)]);
  }
  if (merge.success) await recoverMerge(context, id, state, merge.data);
  else if (undo.success) await recoverUndo(context, id, state, undo.data);
  else if (removal.success) await recoverRemoval(context, id, state, removal.data);
  else if (restoration.success) await recoverRestoration(context, id, state, restoration.data);
  else await recoverCreation(context, id, entry.task_id ?? "", CreationJournal.parse(data));
}
