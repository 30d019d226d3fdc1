import type { Repository } from "./repository.ts";

/** The part of the gateway that knows what is ignored. */
export interface IgnoredFiles {
  /** Untracked files of a working tree, ignored or not, that a file of gitignore patterns names. */
  untrackedMatching(worktree: string, patterns: string): Promise<string[]>;
  /** Those of the paths that a working tree ignores. */
  ignoredAmong(worktree: string, paths: readonly string[]): Promise<string[]>;
}

/** What is ignored. */
export function ignoredFiles(repository: Repository): IgnoredFiles {
  return {
    untrackedMatching: async (worktree, patterns) => {
      const args = ["ls-files", "--others", "--ignored", `--exclude-from=${patterns}`, "-z"] as const;
      const found = (await repository.runIn(worktree, args)).stdout.toString("utf8");
      // A repository inside is one entry with a slash at its end.
      return found.split("\0").filter((path) => path !== "" && !path.endsWith("/"));
    },
    ignoredAmong: async (worktree, paths) => {
      // It takes no literal pathspec; after "./" nothing in a name means anything.
      const input = paths.map((path) => `./${path}\0`).join("");
      const call = { input, env: { GIT_LITERAL_PATHSPECS: undefined }, answers: [0, 1] };
      const { stdout } = await repository.runIn(worktree, ["check-ignore", "-z", "--stdin"], call);
      const found = stdout.toString("utf8").split("\0").slice(0, -1);
      return found.map((path) => path.slice("./".length));
    },
  };
}
