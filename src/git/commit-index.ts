import { usualWorld } from "./environment.ts";
import type { Repository } from "./repository.ts";

/** A hook may print without end; its last words are what matters. */
const lastBytes = 64 * 1024;

/** The part of the gateway that runs what a person configured for commits. */
export interface IndexCommits {
  /**
   * Commits what is staged in a working tree as a person's own `git commit` would, with the repository's hooks and
   * signing, but without stdin, terminal and editor. Failure git_failed with the last word of git or the hook.
   */
  commitIndex(worktree: string, commit: IndexCommit): Promise<void>;
}

interface IndexCommit {
  readonly message: string;
  /** Milliseconds for git and the hooks together. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Committing an index. */
export function indexCommits(repository: Repository): IndexCommits {
  return {
    commitIndex: async (worktree, { message, timeout, signal }) => {
      const unpinned = ["core.hooksPath", "commit.gpgSign"];
      const args = ["commit", "--quiet", `--message=${message}`] as const;
      const env = { ...usualWorld, LC_ALL: undefined };
      await repository.runIn(worktree, args, { env, unpinned, timeout, signal, lastBytes });
    },
  };
}
