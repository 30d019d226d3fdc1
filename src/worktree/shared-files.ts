import type { Work } from "./work.ts";

/** Paths that two works change both; the indexes are those of the list they come from. */
export interface Shared {
  readonly one: number;
  readonly other: number;
  readonly files: readonly string[];
}

/** Every file that a work has changed. */
export function filesOf({ committed, uncommitted }: Pick<Work, "committed" | "uncommitted">): Set<string> {
  return new Set([...committed, ...uncommitted].map(({ path }) => path));
}

/**
 * Pairs of works that change the same path, or of which one has a file where the other has a folder. Its cost grows
 * with the paths and with what is shared, not with the number of pairs.
 */
export function sharedFiles(works: readonly ReadonlySet<string>[]): Shared[] {
  const holders = new Map<string, number[]>();
  works.forEach((files, index) => {
    for (const path of files) holders.set(path, [...(holders.get(path) ?? []), index]);
  });
  const pairs = new Map<string, Set<string>>();
  const add = (one: number, other: number, ...paths: readonly string[]): void => {
    if (one === other) return;
    const pair = one < other ? `${one} ${other}` : `${other} ${one}`;
    const shared = pairs.get(pair) ?? new Set();
    for (const path of paths) shared.add(path);
    pairs.set(pair, shared);
  };
  works.forEach((files, one) => {
    for (const path of files) {
      for (const place of [path, ...foldersAbove(path)]) {
        for (const other of holders.get(place) ?? []) add(one, other, place, path);
      }
    }
  });
  const found = [...pairs].map(([pair, files]) => {
    const [one = 0, other = 0] = pair.split(" ").map(Number);
    return { one, other, files: [...files].sort() };
  });
  return found.sort((a, b) => a.one - b.one || a.other - b.other);
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
