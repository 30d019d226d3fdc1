import type { World } from "../world.ts";

/** An operation that is killed everywhere. */
export interface Victim {
  /** Of the catalogue of failures. */
  readonly row: string;
  readonly name: string;
  readonly argv: readonly string[];
  /** What comes before it, where the scene alone is not enough. */
  readonly before?: (world: World) => Promise<void>;
  /** Commits, as git names them before it, that it is there to take off their branch. */
  readonly letsGo?: readonly string[];
  /** What it may leave, because only a person can say that nobody needs it. */
  readonly leaves?: string;
  /** Boundaries that it reaches when nobody kills it, at least. */
  readonly boundaries: number;
  /** Gits that it starts, at least. */
  readonly gits: number;
  /** Exit codes of a second call: what a first one does answers 0, and how one is refused whose work is done. */
  readonly again: readonly [done: 0, already: number];
  /** What is not as it must be once the operation has been called again. */
  readonly whole: (world: World) => string[];
}

/** The problem, unless something holds. */
export function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}
