import {
  entryFlags,
  fileKinds,
  hasShortIds,
  kindOfEntry,
  readExtensions,
  readIndex,
  walkEntries,
} from "./index-entries.ts";

const skipWorktree = 0x4000;

/** What an entry is asked: the bits of its file's kind, and its two words of flags. */
type Test = (kind: number, flags: number, more: number) => boolean;

/**
 * True when an index file flags no entry at all, as assume-unchanged or skip-worktree: what git would list with a
 * process of its own. False where an entry is flagged, and where only git can read the file: then git is to be asked.
 */
export function flagsNothing(indexFile: string, commonDir: string): boolean {
  return everyEntry(
    indexFile,
    commonDir,
    (_, flags, more) => (flags & entryFlags.assumeUnchanged) === 0 && (more & skipWorktree) === 0,
  );
}

/** True when an index file has no path in conflict. False says that git is to be asked. */
export function hasNoConflict(indexFile: string, commonDir: string): boolean {
  return everyEntry(indexFile, commonDir, (_, flags) => (flags & entryFlags.stage) === 0);
}

/** True when an index file has no submodule. False says that git is to be asked. */
export function hasNoSubmodule(indexFile: string, commonDir: string): boolean {
  return everyEntry(indexFile, commonDir, (kindOfFile) => kindOfFile !== fileKinds.submodule);
}

function everyEntry(indexFile: string, commonDir: string, test: Test): boolean {
  const index = hasShortIds(commonDir) ? readIndex(indexFile) : undefined;
  if (!index) return false;
  const end = walkEntries(index, (at, flags, more) => test(kindOfEntry(index, at), flags, more));
  return end !== undefined && readExtensions(index, end) !== undefined;
}
