import type { Context } from "../context.ts";
import type { ChangedFile, Git } from "../git/git.ts";
import { together } from "../system/together.ts";
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
  const [again, violation] = await together(
    git.previewMerge(merge.base, merge.head),
    compareWithAncestor(git, merge),
  );
  if (!again.clean || again.tree !== merge.tree) return "merging again gives another tree";
  return violation;
}

async function compareWithAncestor(git: Git, merge: BuiltMerge): Promise<string | undefined> {
  const [ancestor, ...others] = await git.mergeBases(merge.base, merge.head);
  if (ancestor === undefined) return "the branches have no common ancestor";
  // After a criss-cross merge git merges the ancestors first; what a side changed is then not told by any one of them.
  if (others.length > 0) return undefined;
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
  const added = newPaths(ours, theirs, result);
  for (const path of new Set([...our.keys(), ...their.keys(), ...merged.keys()])) {
    const [one, other, got] = [our.get(path), their.get(path), merged.get(path)];
    if (one !== undefined && other !== undefined) continue;
    const want = one ?? other;
    if (want === got || added.has(path)) continue;
    return want === undefined
      ? `${path} changed, though no side changed it`
      : `${path} is not as the side that changed it`;
  }
  return undefined;
}

/**
 * Where one side renames, git moves the other side's change along, to a path that it did not touch itself: then what
 * is added anywhere is no witness. A rename deletes the old path, so without a deletion there is none.
 */
function newPaths(...sides: readonly (readonly ChangedFile[])[]): ReadonlySet<string> {
  const all = sides.flat();
  if (!all.some((change) => change.status === "deleted")) return new Set();
  return new Set(all.filter((change) => change.status === "added").map((change) => change.path));
}
