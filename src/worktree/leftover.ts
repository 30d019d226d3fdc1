import { basename } from "node:path";
import type { Context } from "../context.ts";
import { findJournal } from "../store/journal.ts";
import { discardFolder } from "../system/discard-folder.ts";
import { shellQuote } from "../model/shell-quote.ts";

/** Names below `.worktrees` that calm gives what it removes, and what it brings back, until that is whole. */
const passing = /^\.(trash|restore)-(OP-[^.]+)$/;

/** Deletes what is kept elsewhere; what the system does not let go is told, and left for `worktree health --fix`. */
export async function deleteLeftover(context: Context, folder: string): Promise<boolean> {
  try {
    await discardFolder(folder);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.warn(
      `${folder} could not be deleted: ${why}. Nothing in it is needed: rm -rf ${shellQuote(folder)}`,
    );
    return false;
  }
}

/** Whether a folder is one that calm has finished with, so that nothing in it is the only copy. */
export async function isLeftover(context: Context, folder: string): Promise<boolean> {
  const [, kind, id] = passing.exec(basename(folder)) ?? [];
  if (id === undefined) return false;
  const entry = await findJournal(await context.store(), id);
  if (entry?.ended_at == null) return false;
  // What was taken back from the trash is a person's; what was not brought back whole still lies in the attic.
  return kind === "restore" || entry.state === "done";
}
