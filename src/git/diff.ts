import { noAnswer } from "./failures.ts";
import type { ChangedFile } from "./git.ts";
import { type AddedLines, parseAddedLines, parseRawDiff } from "./parse-diff.ts";
import { listTree } from "./list-tree.ts";
import { findTree } from "./object-tree.ts";
import { isObjectId, revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { eachGroup } from "./path-groups.ts";

// Plumbing: unlike `git diff`, diff-tree is free of a person's diff settings.
/** Options of `git diff-tree` that make its answer the same for everybody. */
export const diffOfTrees = [
  "-r",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-relative",
  "--no-color",
];
/** Options for a patch without context. */
export const barePatch = [
  "-p",
  "--unified=0",
  "--inter-hunk-context=0",
  "--src-prefix=a/",
  "--dst-prefix=b/",
];

/** The part of the gateway that compares trees. */
export interface Diffs {
  /** Differences between two commits or trees, without rename detection, in path order. */
  changedFiles(from: string, to: string): Promise<ChangedFile[]>;
  /** Lines that `to` adds against `from` in text files, without line ends but with a CR; all files, or those named. */
  addedLines(from: string, to: string, paths?: readonly string[]): Promise<AddedLines[]>;
  /** Differences between two commits or trees as `git apply` takes them, binary files included. */
  patch(from: string, to: string): Promise<string>;
}

/** What two trees have different. */
export function diff(repository: Repository): Diffs {
  return {
    changedFiles: async (from, to) => {
      const [before, after] = await Promise.all([treeOf(repository, from), treeOf(repository, to)]);
      if (before === after) return [];
      const format = ["--raw", "-z", "--no-abbrev", "--ignore-submodules=none"];
      const args = ["diff-tree", ...diffOfTrees, ...format, before, after, "--"] as const;
      const { stdout } = await repository.run(args);
      if (stdout.length === 0 && !(await haveSameFiles(repository, before, after)))
        throw noAnswer("diff-tree");
      return parseRawDiff(stdout);
    },
    patch: async (from, to) => {
      const format = ["-p", "--binary", "--src-prefix=a/", "--dst-prefix=b/"];
      const args = ["diff-tree", ...diffOfTrees, ...format, revision(from), revision(to), "--"] as const;
      return (await repository.run(args)).stdout.toString("utf8");
    },
    addedLines: async (from, to, paths) => {
      const format = [...barePatch, "--diff-filter=d", "--ignore-submodules=all"];
      // Of trees that it reads, git tells the ids first: an answer without them was lost, and may have had lines.
      const args = ["diff-tree", ...diffOfTrees, ...format, "--stdin"] as const;
      const trees = await Promise.all([findTree(repository, from), findTree(repository, to)]);
      const input = `${trees.join(" ")}\n`;
      const ask = async (group: readonly string[]) => {
        const patch = (await repository.run([...args, "--", ...group], { input })).stdout.toString("utf8");
        if (!patch.startsWith(input)) throw noAnswer("diff-tree");
        return parseAddedLines(patch);
      };
      return paths === undefined ? ask([]) : eachGroup(paths, ask);
    },
  };
}

/** Whether two trees differ in nothing but folders without files, which other programs than git make. */
async function haveSameFiles(repository: Repository, one: string, other: string): Promise<boolean> {
  return (await listTree(repository, one)).equals(await listTree(repository, other));
}

/** What two commits of one tree differ in is asked once: a merge that only goes forward has the tree of its branch. */
async function treeOf(repository: Repository, commit: string): Promise<string> {
  return isObjectId(commit) ? findTree(repository, commit) : revision(commit);
}
