import * as z from "zod/mini";
import { areTouching, type ChangedPlaces } from "../git/parse-places.ts";
import { field } from "../model/field.ts";
import type { Work } from "./work.ts";

/** How near two changes of a file come to each other: the nearest first. */
const nearness = ["conflict", "same_lines", "same_file"] as const;
type Nearness = (typeof nearness)[number];

/** A file that two works change both. */
export const MetFile = z.object({
  path: z.string(),
  nearness: field(
    z.enum(nearness),
    "conflict: git cannot merge it; same_lines: the same or neighbouring lines, alike; same_file: elsewhere in it",
  ),
});
type MetFile = z.output<typeof MetFile>;

/** Two worktrees that change the same files. */
export interface Overlap {
  readonly tasks: readonly [string, string];
  /** The nearest comes first. */
  readonly files: readonly MetFile[];
}

/** Two works, what they share, and the commits from which each of them set out. */
export interface Pair {
  readonly works: readonly [Work, Work];
  readonly bases: readonly [string, string];
  readonly files: readonly string[];
}

/** Whether the index of a work may have what its HEAD has not. */
export function hasStaged({ uncommitted }: Work): boolean {
  return uncommitted.some(({ state }) => state !== "unstaged" && state !== "untracked");
}

/** Two works, and where each of them touches the files, by path. */
export class Meeting {
  readonly pair: Pair;
  readonly #places: readonly (ReadonlyMap<string, ChangedPlaces> | undefined)[];

  constructor(pair: Pair, places: readonly (ReadonlyMap<string, ChangedPlaces> | undefined)[]) {
    this.pair = pair;
    this.#places = places;
  }

  /**
   * Whether a merge by lines is clean for sure, so that it need not be tried: both changed the same versions, in lines
   * apart. Not where one of them took something away: it may have another name now.
   */
  isClean(): boolean {
    const { works, bases, files } = this.pair;
    const renamesNothing = works.every(
      (work) => !hasStaged(work) && work.committed.every(({ status }) => status !== "deleted"),
    );
    return bases[0] === bases[1] && renamesNothing && files.every((path) => this.#lines(path) === "apart");
  }

  /** What the two have in common, with the files in which their merge conflicts. */
  overlap(conflicts: readonly string[]): Overlap {
    const { works, files } = this.pair;
    const nearnessOf = (path: string): Nearness => {
      if (conflicts.includes(path)) return "conflict";
      return this.#lines(path) === "touching" ? "same_lines" : "same_file";
    };
    const all = [...new Set([...files, ...conflicts])].map((path) => ({ path, nearness: nearnessOf(path) }));
    return {
      tasks: [works[0].task, works[1].task],
      files: all.sort((a, b) => nearness.indexOf(a.nearness) - nearness.indexOf(b.nearness)),
    };
  }

  /** Whether both touch the same lines of a file; of different versions the lines cannot be compared. */
  #lines(path: string): "touching" | "apart" | "unknown" {
    const [one, other] = this.#places.map((places) => places?.get(path));
    if (!one || !other || one.oldBlob !== other.oldBlob) return "unknown";
    const meet = one.places.some((place) => other.places.some((another) => areTouching(place, another)));
    return meet ? "touching" : "apart";
  }
}
