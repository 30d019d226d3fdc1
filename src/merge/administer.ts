import type { Context } from "../context.ts";
import { type JournalEntry, listOpenJournal } from "../store/journal.ts";
import { withRepositoryLock } from "../store/repository-lock.ts";

const lockWait = 60_000;

/**
 * Runs work that changes the repository, alone; what was left unfinished is put right first, but for what the caller
 * itself has begun.
 */
export async function administer<T>(
  context: Context,
  work: () => Promise<T>,
  { begun }: { readonly begun?: JournalEntry["id"] } = {},
): Promise<T> {
  const { commonDir } = await context.project();
  return withRepositoryLock(commonDir, { wait: lockWait, signal: context.signal }, async () => {
    const open = (await listOpenJournal(await context.store())).filter(({ id }) => id !== begun);
    if (open.length > 0) {
      // Hardly ever is there any, and what recovers them brings most of what calm can do along.
      const { recoverOpen } = await import("./recover-open.ts");
      await recoverOpen(context, open);
    }
    return work();
  });
}
