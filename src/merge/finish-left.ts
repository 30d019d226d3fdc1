import type { Context } from "../context.ts";
import { findJournal, type JournalEntry } from "../store/journal.ts";
import { administer } from "./administer.ts";

/** Puts right whatever was cut short; gives those of the entries that are done then, and were not taken back. */
export async function finishLeft(
  context: Context,
  entries: readonly JournalEntry[],
): Promise<JournalEntry[]> {
  await administer(context, () => Promise.resolve());
  const store = await context.store();
  const done: JournalEntry[] = [];
  for (const { id } of entries) {
    const entry = await findJournal(store, id);
    if (entry?.state === "done") done.push(entry);
  }
  return done;
}
