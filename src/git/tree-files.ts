import type { Git } from "./git.ts";
import { parseSizedTree, parseTree } from "./parse-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Many files of a commit at once, with what is needed to write them somewhere else. */
export function treeFiles(repository: Repository): Pick<Git, "filesBelow" | "filesOf"> {
  return {
    filesBelow: async (commit, paths) => {
      if (paths.length === 0) return []; // without a path git would list everything
      const args = ["ls-tree", "-r", "-l", "-z", "--full-tree", revision(commit), "--", ...paths] as const;
      return parseSizedTree((await repository.run(args)).stdout.toString("utf8"));
    },
    filesOf: async (commit) => {
      const answer = await repository.run(["ls-tree", "-r", "-z", "--full-tree", revision(commit)]);
      const entries = parseTree(answer.stdout.toString("utf8"));
      return entries.map(({ mode, id, path }) => ({ mode, blob: id, path }));
    },
  };
}
