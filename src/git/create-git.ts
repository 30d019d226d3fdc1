import { clones } from "./clones.ts";
import { indexCommits } from "./commit-index.ts";
import { commits } from "./commits.ts";
import { content } from "./content.ts";
import { diff } from "./diff.ts";
import { forks } from "./forks.ts";
import { facts } from "./facts.ts";
import { fetching } from "./fetch.ts";
import { filters } from "./filters.ts";
import type { Git } from "./git.ts";
import { history } from "./history.ts";
import { mergePreview } from "./merge-preview.ts";
import { ignoredFiles } from "./ignored-files.ts";
import { pushing } from "./push.ts";
import { quarantines } from "./quarantine.ts";
import { refs } from "./refs.ts";
import { overlays } from "./overlay.ts";
import { openRepository, type RepositoryOptions } from "./repository.ts";
import { readSettings } from "./settings.ts";
import { snapshots } from "./snapshot.ts";
import { status } from "./status.ts";
import { treeFiles } from "./tree-files.ts";
import { worktrees } from "./worktrees.ts";

/** Opens the gateway to a repository; nothing is read or started before it is asked. */
export function createGit(options: RepositoryOptions): Git {
  const repository = openRepository(options);
  const settings = readSettings(repository);
  const known = facts(repository, settings);
  return {
    commonDir: repository.commonDir,
    ...known,
    ...history(repository),
    ...forks(repository),
    ...quarantines(repository),
    ...ignoredFiles(repository),
    ...status(repository),
    ...diff(repository),
    ...content(repository),
    ...treeFiles(repository),
    ...mergePreview(repository),
    ...commits(repository),
    ...indexCommits(repository),
    ...refs(repository, known.commitOf),
    ...worktrees(repository),
    ...snapshots(repository, known.head),
    ...overlays(repository),
    ...clones(repository),
    ...fetching(repository),
    ...filters(repository, settings),
    ...pushing(repository),
  };
}
