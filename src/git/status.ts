import type { Git } from "./git.ts";
import { parseHiddenFiles, parseStatus, parseStatusPaths } from "./parse-status.ts";
import { eachGroup } from "./path-groups.ts";
import type { Repository } from "./repository.ts";

const plainStatus = ["--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"];

// Submodules are looked into: their uncommitted files would go with the worktree.
const wholeStatus = ["status", ...plainStatus, "--ignored=no", "--ignore-submodules=none"] as const;

/** What differs in a checkout. */
export function status(
  repository: Repository,
): Pick<Git, "dirtyFiles" | "dirtyFilesOfEach" | "dirtyAmong" | "hiddenFiles"> {
  return {
    dirtyFiles: async (worktree) => {
      return parseStatus((await repository.runIn(worktree, wholeStatus)).stdout.toString("utf8"));
    },
    dirtyFilesOfEach: async (worktrees) => {
      const results = await repository.runInEach(
        worktrees.map((worktree) => ({ worktree, steps: [wholeStatus] })),
      );
      return results.map(({ exitCode, stdout }) =>
        exitCode === 0 ? parseStatus(stdout.toString("utf8")) : undefined,
      );
    },
    dirtyAmong: async (worktree, paths, indexFile) => {
      const env = indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile };
      // "traditional" names ignored files one by one, where "matching" stops at their folder.
      const args = ["status", ...plainStatus, "--ignored=traditional", "--ignore-submodules=none"] as const;
      const found = await eachGroup(paths, async (group) => {
        const answer = await repository.runIn(worktree, [...args, "--", ...group], { env });
        return parseStatusPaths(answer.stdout.toString("utf8"));
      });
      return [...new Set(found)];
    },
    hiddenFiles: (worktree, paths) =>
      eachGroup(paths, async (group) => {
        const answer = await repository.runIn(worktree, ["ls-files", "-v", "-z", "--", ...group]);
        return parseHiddenFiles(answer.stdout.toString("utf8"));
      }),
  };
}
