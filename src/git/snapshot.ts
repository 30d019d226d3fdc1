import { join } from "node:path";
import { copyFileIfThere, pathExists } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { writeCommitObject } from "./commits.ts";
import type { Git } from "./git.ts";
import { readText } from "./local-files.ts";
import { parseHiddenFiles } from "./parse-status.ts";
import { isObjectId } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import type { Arguments, Call } from "./run-git.ts";
import { worktreeGitDir } from "./worktree-git-dir.ts";

/** git's stash has an author of its own too: keeping work must not fail for want of a name. */
const keeper = {
  GIT_AUTHOR_NAME: "calm",
  GIT_AUTHOR_EMAIL: "calm@localhost",
  GIT_COMMITTER_NAME: "calm",
  GIT_COMMITTER_EMAIL: "calm@localhost",
};

type RunWithIndex = (args: Arguments, call?: Call) => Promise<string>;

/** Keeping a working tree's state. A git repository inside of it is kept as `git add` does: as its commit only. */
export function snapshots(repository: Repository, head: Git["head"]): Pick<Git, "snapshot"> {
  return {
    snapshot: (worktree, message) =>
      inTemporaryFolder([], async (folder) => {
        const gitDir = worktreeGitDir(repository, worktree);
        const index = join(folder, "index");
        const config = [
          "core.fsync=objects",
          "core.fsyncMethod=batch",
          "core.splitIndex=false",
          "core.safecrlf=false",
        ];
        const run: RunWithIndex = async (args, call = {}) => {
          const env = { GIT_INDEX_FILE: index };
          return (await repository.runIn(worktree, args, { ...call, config, env })).stdout.toString("utf8");
        };
        await copyFileIfThere(join(gitDir, "index"), index);
        const commit = (await head(worktree))?.commit;
        const base = commit === undefined ? [] : [commit];
        const staged = await writeIndex(run);
        await addEverything(run, worktree);
        const tree = (await run(["write-tree"])).trim();
        const indexCommit = { tree: staged, parents: base, message: `index of: ${message}` };
        const second = await writeCommitObject(repository, indexCommit, keeper);
        const parents = [...base, second, ...mergedHeads(gitDir)];
        return writeCommitObject(repository, { tree, parents, message }, keeper);
      }),
  };
}

/** The tree of the index; of a file in conflict it holds our side, else theirs, else the old one. */
async function writeIndex(run: RunWithIndex): Promise<string> {
  const unmerged = (await run(["ls-files", "--unmerged", "-z"])).split("\0").slice(0, -1);
  const sides = new Map<string, { stage: string; entry: string }>();
  for (const line of unmerged) {
    const [mode = "", id = "", stage = ""] = line.slice(0, line.indexOf("\t")).split(" ");
    const path = line.slice(line.indexOf("\t") + 1);
    const order = "231";
    const before = sides.get(path);
    if (before && order.indexOf(before.stage) < order.indexOf(stage)) continue;
    sides.set(path, { stage, entry: `${mode} ${id} 0\t${path}\0` });
  }
  if (sides.size > 0) {
    const input = [...sides.values()].map(({ entry }) => entry).join("");
    await run(["update-index", "-z", "--index-info"], { input });
  }
  return (await run(["write-tree"])).trim();
}

async function addEverything(run: RunWithIndex, worktree: string): Promise<void> {
  // A file that git was told not to look at is looked at here; one that a sparse checkout left out stays as it is.
  const hidden = parseHiddenFiles(await run(["ls-files", "-v", "-z"]));
  const present = hidden.filter((path) => pathExists(join(worktree, path)));
  if (present.length > 0) {
    const input = present.map((path) => `${path}\0`).join("");
    await run(["update-index", "-z", "--no-assume-unchanged", "--stdin"], { input });
    await run(["update-index", "-z", "--no-skip-worktree", "--stdin"], { input });
  }
  await run(["add", "--all", "--sparse"]);
}

/** Commits of a merge under way, which nothing else may hold. */
function mergedHeads(gitDir: string): string[] {
  return (readText(join(gitDir, "MERGE_HEAD")) ?? "").split("\n").filter(isObjectId);
}
