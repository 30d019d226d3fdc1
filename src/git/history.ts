import { isNearAncestor, isParent } from "./ancestry.ts";
import { calmMerges, calmReverts, type TrailedMerge } from "./calm-merges.ts";
import { noAnswer } from "./failures.ts";
import { isObjectId, revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** A commit of a branch, as its first parents lead to it. */
export interface LineCommit {
  readonly commit: string;
  readonly tree: string;
  readonly subject: string;
}

/** What the gateway tells of how commits descend from each other. */
export interface History {
  /** The best common ancestor; undefined for unrelated histories. */
  mergeBase(one: string, other: string): Promise<string | undefined>;
  /** All best common ancestors; several after a criss-cross merge. */
  mergeBases(one: string, other: string): Promise<string[]>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** True when `commit` is reached from `tip` by first parents only. */
  isFirstParentAncestor(commit: string, tip: string): Promise<boolean>;
  /** Full names of the branches, remote branches and tags that reach a commit. */
  refsContaining(commit: string): Promise<string[]>;
  /** Commits on the one side and on the other. */
  aheadBehind(branch: string, base: string): Promise<{ ahead: number; behind: number }>;
  /** Commits that `tip` has and `base` has not, newest first, at most `limit`, as "abc1234 subject". */
  commitsBetween(base: string, tip: string, limit: number): Promise<string[]>;
  /** The commits from `tip` back to `base`, which is left out, by first parents only; newest first. */
  firstParents(base: string, tip: string): Promise<LineCommit[]>;
  /** When a commit was made, RFC 3339. */
  committedAt(commit: string): Promise<string>;
  /**
   * Values of a trailer that begin with a prefix, in any case of letters, from the merges among the first parents of
   * `tip`, newest first.
   */
  trailerValues(tip: string, key: string, prefix: string): Promise<string[]>;
  /**
   * Merges of calm's own among the first parents of `tip` that no undo has reverted, oldest first; none that `known`
   * reaches, if it still is.
   */
  calmMerges(tip: string, known: string | undefined): Promise<TrailedMerge[]>;
  /** The operations of calm's merges that an undo has reverted among the first parents of `tip`. */
  calmReverts(tip: string): Promise<ReadonlySet<string>>;
}

/** How commits descend from each other. */
export function history(repository: Repository): History {
  return {
    mergeBase: async (one, other) => (await mergeBases(repository, one, other))[0],
    mergeBases: (one, other) => mergeBases(repository, one, other),
    isAncestor: (ancestor, descendant) => isAncestor(repository, ancestor, descendant),
    refsContaining: async (commit) => {
      const args = ["for-each-ref", "--format=%(refname)", `--contains=${revision(commit)}`] as const;
      const answer = await repository.run([...args, "refs/heads", "refs/remotes", "refs/tags"]);
      return answer.stdout.toString("utf8").split("\n").slice(0, -1);
    },
    isFirstParentAncestor: (commit, tip) => isOnFirstParents(repository, commit, tip),
    aheadBehind: async (branch, base) => {
      const range = `${revision(branch)}...${revision(base)}`;
      const answer = await repository.run(["rev-list", "--left-right", "--count", range, "--"]);
      const [, ahead, behind] = /^(\d+)\t(\d+)\n$/.exec(answer.stdout.toString("latin1")) ?? [];
      if (ahead === undefined || behind === undefined) throw noAnswer("rev-list");
      return { ahead: Number(ahead), behind: Number(behind) };
    },
    commitsBetween: async (base, tip, limit) => {
      if (limit === 0 || (await isParent(repository, tip, base))) return [];
      const range = [revision(tip), `^${revision(base)}`];
      const lines = await logLines(repository, ["--format=%h %s", `--max-count=${limit}`, ...range]);
      // Whoever asks may delete a branch that has nothing of its own.
      if (lines.length === 0 && !(await isAncestor(repository, tip, base))) throw noAnswer("log");
      return lines;
    },
    firstParents: async (base, tip) => {
      const range = ["--first-parent", "--format=%H %T %s", revision(tip), `^${revision(base)}`];
      return (await logLines(repository, range)).map((line) => {
        const [commit = "", tree = "", ...subject] = line.split(" ");
        return { commit, tree, subject: subject.join(" ") };
      });
    },
    calmMerges: (tip, known) => calmMerges(repository, tip, known),
    calmReverts: (tip) => calmReverts(repository, tip),
    committedAt: (commit) => timeOf(repository, commit),
    trailerValues: (tip, key, prefix) => trailerValues(repository, tip, key, prefix),
  };
}

async function isAncestor(repository: Repository, ancestor: string, descendant: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", revision(ancestor), revision(descendant)] as const;
  return (await repository.run(args, { answers: [0, 1] })).exitCode === 0;
}

async function trailerValues(
  repository: Repository,
  tip: string,
  key: string,
  prefix: string,
): Promise<string[]> {
  const filter = ["--first-parent", "--merges", "--fixed-strings", "--regexp-ignore-case"];
  const format = `--format=%(trailers:key=${key},valueonly,separator=%x00)`;
  const lines = await logLines(repository, [...filter, `--grep=${key}: ${prefix}`, format, revision(tip)]);
  const values = lines.flatMap((line) => line.split("\0"));
  return values.filter((value) => value.toLowerCase().startsWith(prefix.toLowerCase()));
}

async function timeOf(repository: Repository, commit: string): Promise<string> {
  const [time = ""] = await logLines(repository, ["--format=%cI", "--max-count=1", revision(commit)]);
  return time;
}

/** All best common ancestors; the first one is what git takes without `--all`, none for unrelated histories. */
export async function mergeBases(repository: Repository, one: string, other: string): Promise<string[]> {
  const ids = isObjectId(one) && isObjectId(other);
  if (ids && (await isNearAncestor(repository, one, other))) return [one];
  const args = ["merge-base", "--all", revision(one), revision(other)] as const;
  const { exitCode, stdout } = await repository.run(args, { answers: [0, 1] });
  const bases = stdout.toString("latin1").split("\n").slice(0, -1);
  // 1 = there is none.
  if (exitCode === 0 && bases.length === 0) throw noAnswer("merge-base");
  return bases;
}

async function logLines(repository: Repository, args: readonly string[]): Promise<string[]> {
  const answer = await repository.run(["log", "--no-color", "--encoding=UTF-8", ...args, "--"]);
  return answer.stdout.toString("utf8").split("\n").slice(0, -1);
}

async function isOnFirstParents(repository: Repository, commit: string, tip: string): Promise<boolean> {
  if (commit === tip) return true;
  // The walk along first parents ends where the parents of `commit` begin, so `commit` can only be its last line.
  const range = [revision(tip), "--not", `${revision(commit)}^@`, "--"];
  const answer = await repository.run(["rev-list", "--first-parent", ...range]);
  return answer.stdout.toString("utf8").trimEnd().split("\n").at(-1) === commit;
}
