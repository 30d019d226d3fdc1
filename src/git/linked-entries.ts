import { dirname, join, resolve } from "node:path";
import { readEntries, readText } from "./local-files.ts";

/** What git keeps of a linked worktree. */
interface LinkedEntry {
  /** Its git directory, below `worktrees/` of the common one. */
  readonly entry: string;
  /** Where it says that its worktree is. */
  readonly path: string;
}

/** The entries of all linked worktrees, whether their folders are still there or not. */
export function linkedEntries(commonDir: string): LinkedEntry[] {
  return readEntries(join(commonDir, "worktrees")).flatMap(({ name }) => {
    const entry = join(commonDir, "worktrees", name);
    const text = readText(join(entry, "gitdir"))?.trimEnd();
    return text === undefined ? [] : [{ entry, path: dirname(resolve(entry, text)) }];
  });
}
