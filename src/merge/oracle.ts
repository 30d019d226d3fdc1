import type { Context } from "../context.ts";
import type { ChangedFile } from "../git/git.ts";
import type { BuiltMerge } from "./merge-journal.ts";

/** What a path is after a change: its mode and blob. */
function after(change: ChangedFile): string {
  return `${change.newMode} ${change.newBlob}`;
}

/**
 * Holds a candidate against its two sides, path by path (RELIABILITY section 2): what only one side changed is that
 * side's, what neither changed is unchanged, and the tree is the one that merging again gives.
 */
export async function findOracleViolation(context: Context, merge: BuiltMerge): Promise<string | undefined> {
  const git = await context.git();
  const again = await git.previewMerge(merge.base, merge.head);
  if (!again.clean || again.tree !== merge.tree) return "merging again gives another tree";
  const ancestor = await git.mergeBase(merge.base, merge.head);
  if (ancestor === undefined) return "the branches have no common ancestor";
  const [ours, theirs, result] = await Promise.all([
    git.changedFiles(ancestor, merge.base),
    git.changedFiles(ancestor, merge.head),
    git.changedFiles(ancestor, merge.candidate),
  ]);
  return compareSides(ours, theirs, result);
}

/** The first path of a merge result that neither side accounts for; pure. */
export function compareSides(
  ours: readonly ChangedFile[],
  theirs: readonly ChangedFile[],
  result: readonly ChangedFile[],
): string | undefined {
  const byPath = (changes: readonly ChangedFile[]) =>
    new Map(changes.map((change) => [change.path, after(change)]));
  const [our, their, merged] = [byPath(ours), byPath(theirs), byPath(result)];
  // With a rename on one side git moves the other side's change along, to a path that it did not touch itself.
  const renames = [...ours, ...theirs].some((change) => change.status === "deleted");
  for (const path of new Set([...our.keys(), ...their.keys(), ...merged.keys()])) {
    const [one, other, got] = [our.get(path), their.get(path), merged.get(path)];
    if (one !== undefined && other !== undefined) continue;
    const want = one ?? other;
    if (want === got) continue;
    if (renames) continue;
    return want === undefined
      ? `${path} changed, though no side changed it`
      : `${path} is not as the side that changed it`;
  }
  return undefined;
}
