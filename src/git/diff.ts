import type { Git } from "./git.ts";
import { parseAddedLines, parseRawDiff } from "./parse-diff.ts";
import { revision } from "./ref-name.ts";
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
export const patch = ["-p", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/"];

/** What two trees have different. */
export function diff(repository: Repository): Pick<Git, "changedFiles" | "addedLines"> {
  return {
    changedFiles: async (from, to) => {
      const format = ["--raw", "-z", "--no-abbrev", "--ignore-submodules=none"];
      const args = ["diff-tree", ...diffOfTrees, ...format, revision(from), revision(to), "--"] as const;
      return parseRawDiff((await repository.run(args)).stdout);
    },
    addedLines: async (from, to, paths) => {
      const format = [...patch, "--diff-filter=d", "--ignore-submodules=all"];
      const args = ["diff-tree", ...diffOfTrees, ...format, revision(from), revision(to)] as const;
      const ask = async (group: readonly string[]) =>
        parseAddedLines((await repository.run([...args, "--", ...group])).stdout.toString("utf8"));
      return paths === undefined ? ask([]) : eachGroup(paths, ask);
    },
  };
}
