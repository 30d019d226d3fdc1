import type { ToolResult } from "../system/spawn.ts";
import { diffOfTrees } from "./diff.ts";
import { noAnswer } from "./failures.ts";
import type { ChangedFile } from "./git.ts";
import { mergeBases } from "./history.ts";
import { findTree } from "./object-tree.ts";
import { parseRawDiffs } from "./parse-diff.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Where a commit left another history, and what it went on with. */
export interface Fork {
  readonly head: string;
  /** The best common ancestor; undefined for unrelated histories. */
  readonly base: string | undefined;
  /** The commits that the other history has not. */
  readonly own: ReadonlySet<string>;
  /** Where the two histories meet: the commits of the other one that its own commits stand on, or the head itself. */
  readonly left: ReadonlySet<string>;
}

/** Two commits or trees to compare. */
export interface Change {
  readonly from: string;
  readonly to: string;
}

/** The part of the gateway that asks about many branches at once: each git that is started costs milliseconds. */
export interface Forks {
  /** Differences of each change, in their order, without rename detection. */
  changedFilesOfEach(changes: readonly Change[]): Promise<ChangedFile[][]>;
  /** Where each of these commits left the history of `tip`; one walk for all of them. */
  forksFrom(tip: string, heads: readonly string[]): Promise<Fork[]>;
  /** How many commits of `tip` each of its forks has not; one walk for all that left it at the same place. */
  behindOfEach(tip: string, forks: readonly Fork[]): Promise<number[]>;
}

/** Many branches at once. */
export function forks(repository: Repository): Forks {
  return {
    changedFilesOfEach: async (changes) => {
      const real = changes.filter(({ from, to }) => from !== to);
      const answer = await compareTrees(repository, real, ["--raw", "-z", "--no-abbrev"]);
      const files = answer.pick(parseRawDiffs(answer.stdout));
      return changes.map((change) => files[real.indexOf(change)] ?? []);
    },
    behindOfEach: (tip, forks) => behindOfEach(repository, revision(tip), forks),
    forksFrom: async (tip, heads) => {
      const gone = [...new Set(heads)].filter((head) => head !== tip);
      const range = [`^${revision(tip)}`, ...gone.map(revision)];
      // As input: a thousand ids have no room on a command line.
      const args = ["rev-list", "--parents", "--stdin"] as const;
      const walk = (): Promise<ToolResult> => repository.run(args, { input: `${range.join("\n")}\n` });
      const parents = parseParents(gone.length === 0 ? "" : (await walk()).stdout.toString("latin1"));
      return Promise.all(heads.map((head) => forkOf(repository, tip, head, parents)));
    },
  };
}

async function behindOfEach(repository: Repository, tip: string, forks: readonly Fork[]): Promise<number[]> {
  const placeOf = ({ left }: Fork): string => [...left].sort().join(" ");
  const places = [...new Set(forks.map(placeOf))];
  const counts = new Map<string, number>([[tip, 0]]);
  await Promise.all(
    places.map(async (place) => {
      if (place === tip) return;
      const range = [tip, ...place.split(" ").flatMap((commit) => (commit === "" ? [] : `^${commit}`))];
      const { stdout } = await repository.run(["rev-list", "--count", ...range, "--"]);
      if (stdout.length === 0) throw noAnswer("rev-list");
      counts.set(place, Number(stdout.toString("latin1")));
    }),
  );
  return forks.map((fork) => counts.get(placeOf(fork)) ?? 0);
}

/** Reads `git rev-list --parents`: a commit and its parents on each line. */
function parseParents(text: string): Map<string, readonly string[]> {
  const lines = text.split("\n").slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [commit = "", ...parents] = line.split(" ");
      return [commit, parents];
    }),
  );
}

async function forkOf(
  repository: Repository,
  tip: string,
  head: string,
  parents: ReadonlyMap<string, readonly string[]>,
): Promise<Fork> {
  const own = new Set<string>();
  const left = new Set<string>();
  const ahead = [head];
  for (let commit = ahead.pop(); commit !== undefined; commit = ahead.pop()) {
    const above = parents.get(commit);
    // What the walk left out is reached from `tip`, too.
    if (!above) left.add(commit);
    else if (!own.has(commit)) {
      own.add(commit);
      ahead.push(...above);
    }
  }
  const [only] = left;
  // Which one of several is the best only the whole history can tell.
  const base = left.size > 1 ? (await mergeBases(repository, tip, head))[0] : only;
  return { head, base, own, left };
}

/** Compares the trees of each change by one git; equal comparisons are made once. `known`: trees of commits. */
export async function compareTrees(
  repository: Repository,
  changes: readonly Change[],
  options: readonly string[],
  known: ReadonlyMap<string, string> = new Map(),
): Promise<{ readonly stdout: Buffer; pick<T>(answers: readonly T[]): T[] }> {
  const treeOf = (commit: string): string | Promise<string> =>
    known.get(commit) ?? findTree(repository, commit);
  const trees = await Promise.all(changes.map(({ from, to }) => Promise.all([treeOf(from), treeOf(to)])));
  const asked = trees.map((pair) => pair.join(" "));
  const input = [...new Set(asked)];
  const places = new Map(input.map((pair, place) => [pair, place]));
  const args = ["diff-tree", ...diffOfTrees, "--ignore-submodules=none", "--stdin", ...options] as const;
  const call = { input: input.map((pair) => `${pair}\n`).join("") };
  const { stdout } = input.length === 0 ? { stdout: Buffer.alloc(0) } : await repository.run(args, call);
  return {
    stdout,
    pick: (answers) => {
      if (answers.length === 0 && input.length > 0) throw noAnswer("diff-tree");
      const complete = answers.length === input.length;
      if (!complete) throw new Error(`git diff-tree told of ${answers.length} pairs of ${input.length}`);
      return asked.map((pair) => answers[places.get(pair) ?? 0] as (typeof answers)[number]);
    },
  };
}
