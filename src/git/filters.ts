import type { ChangedFile } from "./git.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** Only what a filter says last is of interest. */
const lastBytes = 64 * 1024;

/** The part of the gateway that knows a person's filters of content, git-lfs among them. */
export interface Filters {
  /**
   * Makes the contents that a checkout of these changes would write, and throws them away: a filter that fails then is
   * found before a file is touched. Failure git_failed with the filter's name; nothing is started where none is configured.
   * git-lfs downloads here what the checkout then finds; the timeout is in milliseconds.
   */
  rehearseFilters(
    worktree: string,
    changes: readonly ChangedFile[],
    limits: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<void>;
}

/** Rehearsing filters. */
export function filters(repository: Repository): Filters {
  return {
    rehearseFilters: async (worktree, changes, { timeout, signal }) => {
      const wanted = "^filter\\..*\\.(smudge|process)$";
      const answer = await repository.run(["config", "--get-regexp", wanted], { answers: [0, 1] });
      const files = changes.filter(({ newMode }) => newMode.startsWith("100"));
      if (answer.exitCode === 1 || files.length === 0) return;
      const input = files.map(({ newBlob, path }) => `${revision(newBlob)} ${path}\0`).join("");
      await repository.runIn(worktree, ["cat-file", "--batch", "--filters", "-z"], {
        input,
        timeout,
        lastBytes,
        signal,
      });
    },
  };
}
