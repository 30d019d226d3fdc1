import { entryFlags, hasShortIds, readExtensions, readIndex, walkEntries } from "./index-entries.ts";

const skipWorktree = 0x4000;

/**
 * True when an index file flags no entry at all, as assume-unchanged or skip-worktree: what git would list with a
 * process of its own. False where an entry is flagged, and where only git can read the file: then git is to be asked.
 */
export function flagsNothing(indexFile: string, commonDir: string): boolean {
  const index = hasShortIds(commonDir) ? readIndex(indexFile) : undefined;
  if (!index) return false;
  const end = walkEntries(
    index,
    (_, flags, more) => (flags & entryFlags.assumeUnchanged) === 0 && (more & skipWorktree) === 0,
  );
  const extensions = end === undefined ? undefined : readExtensions(index, end);
  // A link leads to another file that has entries as well.
  return extensions !== undefined && !extensions.has("link");
}
