import { pathOf, takeHunk } from "./parse-diff.ts";

/** Lines of an old version that a change replaces; `last` is before `first` where it only adds some. */
export interface Place {
  readonly first: number;
  readonly last: number;
}

/** Where a file was changed. */
export interface ChangedPlaces {
  /** The version whose lines are counted. */
  readonly oldBlob: string;
  readonly places: readonly Place[];
}

const pair = /^[0-9a-f]{40,64} [0-9a-f]{40,64}$/;

/**
 * Reads `git diff-tree --stdin -p --unified=0 --full-index` of pairs of trees: for each pair the places by path. What
 * has no lines (a binary file, a mode) is left out.
 */
export function parsePlaces(output: string): ReadonlyMap<string, ChangedPlaces>[] {
  const answers: Map<string, ChangedPlaces>[] = [];
  const lines = output.split("\n");
  let [oldBlob, path] = ["", ""];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (pair.test(line)) answers.push(new Map());
    oldBlob = /^index ([0-9a-f]+)\.\./.exec(line)?.[1] ?? oldBlob;
    if (/^(---|\+\+\+) "?[ab]\//.test(line)) path = pathOf(line.slice(4));
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    const [start, removes, adds] = [Number(hunk[1]), Number(hunk[2] ?? 1), Number(hunk[3] ?? 1)];
    // git names the line before an insertion.
    const first = removes === 0 ? start + 1 : start;
    const seen = answers.at(-1)?.get(path)?.places ?? [];
    answers.at(-1)?.set(path, { oldBlob, places: [...seen, { first, last: first + removes - 1 }] });
    at = takeHunk(lines, at, { removes, first: 0, adds }, []);
  }
  return answers;
}

/** Whether two changes of one version are of the same lines, or of lines that touch: git takes them for one place. */
export function areTouching(one: Place, other: Place): boolean {
  return one.first <= other.last + 1 && other.first <= one.last + 1;
}
