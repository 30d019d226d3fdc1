import { dirname, join } from "node:path";
import { byteInput, byteText, lookAtBytePath } from "./byte-paths.ts";
import type { DirtyFile } from "./git.ts";
import { listIndex } from "./list-index.ts";
import { lookAround } from "./look-around.ts";
import { flagsNothing, hasNoConflict, hasNoSubmodule } from "./index-flags.ts";
import { parseHiddenFiles, parseStatus, parseStatusPaths } from "./parse-status.ts";
import { parseStages } from "./parse-tree.ts";
import { eachGroup } from "./path-groups.ts";
import type { Repository } from "./repository.ts";
import { worktreeGitDir } from "./worktree-git-dir.ts";

/**
 * Flags of a status that programs read, untracked files one by one. The line about the branch, which is always there,
 * tells a clean working tree from an answer that was lost.
 */
export const plainStatus = [
  "--porcelain=v1",
  "-z",
  "--branch",
  "--no-ahead-behind",
  "--no-renames",
  "--untracked-files=all",
];

// Submodules are looked into: their uncommitted files would go with the worktree.
const wholeStatus = ["status", ...plainStatus, "--ignored=no", "--ignore-submodules=none"] as const;

/** The part of the gateway that tells what differs in a checkout. */
export interface Statuses {
  /** Uncommitted changes of a working tree, untracked files one by one, ignored ones not at all. */
  dirtyFiles(worktree: string): Promise<DirtyFile[]>;
  /** Uncommitted changes of each working tree, as `dirtyFiles` has them; undefined where git cannot tell. */
  dirtyFilesOfEach(worktrees: readonly string[]): Promise<(DirtyFile[] | undefined)[]>;
  /** Files of a working tree's index that are in conflict. */
  unmergedFiles(worktree: string): Promise<string[]>;
  /** Repositories of their own at paths that the index has as a submodule's. */
  embeddedRepositories(worktree: string): Promise<string[]>;
  /** Files of the index that are marked assume-unchanged or skip-worktree, among the given paths. */
  hiddenFiles(worktree: string, paths: readonly string[]): Promise<string[]>;
  /**
   * Uncommitted changes of a working tree at or below the given paths, untracked and ignored ones included, compared
   * with its index or with the index file given. What lies above a path (a file where a folder should be, a nested
   * repository) is not seen here.
   */
  dirtyAmong(worktree: string, paths: readonly string[], indexFile?: string): Promise<string[]>;
}

/** What differs in a checkout. */
export function status(repository: Repository): Statuses {
  return {
    dirtyFiles: async (worktree) => {
      return parseStatus((await repository.runIn(worktree, wholeStatus)).stdout.toString("utf8"));
    },
    dirtyFilesOfEach: (worktrees) => dirtyOfEach(repository, worktrees),
    unmergedFiles: async (worktree) => {
      if (hasNoConflict(indexOf(repository, worktree), repository.commonDir)) return [];
      const unmerged = await listIndex(repository, worktree, ["--unmerged"]);
      const paths = parseStages(byteText(unmerged)).map(({ path }) => path);
      return [...new Set(paths)].map((path) => byteInput(path).toString("utf8"));
    },
    embeddedRepositories: async (worktree) => {
      if (hasNoSubmodule(indexOf(repository, worktree), repository.commonDir)) return [];
      const entries = parseStages(byteText(await listIndex(repository, worktree, ["--stage"])));
      const links = entries.filter(({ mode }) => mode === "160000");
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
    hiddenFiles: (worktree, paths) => hiddenAmong(repository, worktree, paths),
  };
}

async function dirtyOfEach(
  repository: Repository,
  worktrees: readonly string[],
): Promise<(DirtyFile[] | undefined)[]> {
  const seen = await lookAround(repository, worktrees);
  const open = worktrees.filter((_, index) => !seen[index]);
  const errands = open.map((worktree) => ({ worktree, steps: [wholeStatus] }));
  const answers = errands.length === 0 ? [] : await repository.runInEach(errands);
  return seen.map((one) => {
    if (one) return one;
    const answer = answers.shift();
    return answer?.exitCode === 0 ? parseStatus(answer.stdout.toString("utf8")) : undefined;
  });
}

function indexOf(repository: Repository, worktree: string): string {
  return join(worktreeGitDir(repository, worktree), "index");
}

async function hiddenAmong(
  repository: Repository,
  worktree: string,
  paths: readonly string[],
): Promise<string[]> {
  if (flagsNothing(indexOf(repository, worktree), repository.commonDir)) return [];
  // All of it: a file that is not there yet, among the paths, would make an empty answer look like a true one.
  const hidden = parseHiddenFiles((await listIndex(repository, worktree, ["-v"])).toString("utf8"));
  const asked = new Set(paths);
  const isAsked = (path: string): boolean => asked.has(path) || (path !== "." && isAsked(dirname(path)));
  return hidden.filter(isAsked);
}
