import { join } from "node:path";
import { byteInput, byteText, lookAtBytePath } from "./byte-paths.ts";
import type { Git } from "./git.ts";
import { flagsNothing } from "./index-flags.ts";
import { parseHiddenFiles, parseStatus, parseStatusPaths } from "./parse-status.ts";
import { parseStages } from "./parse-tree.ts";
import { eachGroup } from "./path-groups.ts";
import type { Repository } from "./repository.ts";
import { worktreeGitDir } from "./worktree-git-dir.ts";

/** Flags of a status that programs read, untracked files one by one. */
export const plainStatus = ["--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"];

// Submodules are looked into: their uncommitted files would go with the worktree.
const wholeStatus = ["status", ...plainStatus, "--ignored=no", "--ignore-submodules=none"] as const;

/** What differs in a checkout. */
export function status(
  repository: Repository,
): Pick<Git, "dirtyFiles" | "dirtyFilesOfEach" | "dirtyAmong" | "hiddenFiles" | "embeddedRepositories"> {
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
    embeddedRepositories: async (worktree) => {
      const answer = await repository.runIn(worktree, ["ls-files", "--stage", "-z"]);
      const links = parseStages(byteText(answer.stdout)).filter(({ mode }) => mode === "160000");
      const present = links.filter(({ path }) => lookAtBytePath(worktree, `${path}/.git`));
      return present.map(({ path }) => byteInput(path).toString("utf8"));
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
    hiddenFiles: async (worktree, paths) => {
      const { commonDir } = repository;
      if (flagsNothing(join(worktreeGitDir(repository, worktree), "index"), commonDir)) return [];
      return eachGroup(paths, async (group) => {
        const answer = await repository.runIn(worktree, ["ls-files", "-v", "-z", "--", ...group]);
        return parseHiddenFiles(answer.stdout.toString("utf8"));
      });
    },
  };
}
