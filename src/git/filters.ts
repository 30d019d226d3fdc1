import type { ChangedFile } from "./git.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import type { SettingsReader } from "./settings.ts";

/** Only what a filter says last is of interest. */
const lastBytes = 64 * 1024;

/** The part of the gateway that knows a person's filters of content, git-lfs among them. */
export interface Filters {
  /**
   * Makes the contents that a checkout of these changes would write, and throws them away: a filter that fails then is
   * found before a file is touched. Failure git_failed with the filter's name; nothing is started where none is configured.
   * git-lfs downloads here what the checkout then finds; the timeout is in milliseconds. Whether there are filters is
   * asked `anew`, or known since it was asked last.
   */
  rehearseFilters(
    worktree: string,
    changes: readonly ChangedFile[],
    how: { readonly timeout: number; readonly signal: AbortSignal; readonly anew: boolean },
  ): Promise<void>;
}

/** Rehearsing filters. */
export function filters(repository: Repository, settings: SettingsReader): Filters {
  return {
    rehearseFilters: async (worktree, changes, { timeout, signal, anew }) => {
      const files = changes.filter(({ newMode }) => newMode.startsWith("100"));
      if (files.length === 0 || !(await (anew ? settings.ask() : settings.last())).filters) return;
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
