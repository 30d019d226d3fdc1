import { join } from "node:path";
import { copyFileIfThere } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { commitAtOnce, type Draft, type DraftCommit } from "./commit-at-once.ts";
import { isObjectId } from "./ref-name.ts";
import type { Repository, TreeErrand } from "./repository.ts";
import { findWorktreeGitDir } from "./worktree-git-dir.ts";

/** The commit that a draft became, or why it became none. */
export type Drafted = DraftCommit | { readonly problem: string };

/** Commits each draft on top of its HEAD; two gits for all of which nothing is staged, two for each of the others. */
export async function commitDrafts(repository: Repository, drafts: readonly Draft[]): Promise<Drafted[]> {
  const quick = await commitAtOnce(repository, drafts);
  const rest = drafts.filter((draft) => !quick.has(draft));
  const trees = await treeOfEach(repository, rest);
  const able = rest.flatMap(({ head }, index) => {
    const answer = trees[index];
    return answer && "tree" in answer ? { tree: answer.tree, parent: head } : [];
  });
  const commits = await commitEach(repository, able);
  return drafts.map((draft) => {
    const known = quick.get(draft);
    if (known) return known;
    const answer = trees[rest.indexOf(draft)] ?? { problem: "" };
    if ("problem" in answer) return answer;
    const place = able.findIndex(({ tree, parent }) => tree === answer.tree && parent === draft.head);
    return { tree: answer.tree, commit: commits[place] ?? draft.head };
  });
}

/** A split index would write its other half beside the checkout's. */
const ownIndexFile = ["-c", "core.splitIndex=false", "-c", "core.safecrlf=false"] as const;
/** A file that has gone meanwhile is removed; unlike `git add`, no ignore rule and no repository inside is in the way. */
const update = [...ownIndexFile, "update-index", "--add", "--remove", "-z", "--stdin"] as const;

/** The tree of each working tree's index, with the named files as they lie there; or why there is none. */
function treeOfEach(
  repository: Repository,
  drafts: readonly Draft[],
): Promise<({ readonly tree: string } | { readonly problem: string })[]> {
  return inTemporaryFolder([], async (folder) => {
    const errands: TreeErrand[] = [];
    for (const [number, { worktree, files }] of drafts.entries()) {
      const index = join(folder, `index-${number}`);
      const gitDir = findWorktreeGitDir(repository, worktree);
      if (gitDir !== undefined) await copyFileIfThere(join(gitDir, "index"), index);
      errands.push({
        ...{ worktree, env: { GIT_INDEX_FILE: index } },
        steps: [update, [...ownIndexFile, "write-tree"]],
        input: files.map((path) => `${path}\0`).join(""),
      });
    }
    const results = errands.length === 0 ? [] : await repository.runInEach(errands);
    return results.map(({ exitCode, stdout, stderr }) => {
      const tree = stdout.toString("utf8").trim();
      return exitCode === 0 && isObjectId(tree) ? { tree } : { problem: stderr.trim() };
    });
  });
}

/** Who makes commits that nobody will see. */
const nobody = "calm <calm@localhost> 0 +0000";

/** All by one git, which is given what `git commit-tree` would write. */
async function commitEach(
  repository: Repository,
  trees: readonly { readonly tree: string; readonly parent: string }[],
): Promise<string[]> {
  if (trees.length === 0) return [];
  const files = trees.map(({ tree, parent }, index) => ({
    path: String(index),
    content: Buffer.from(
      `tree ${tree}\nparent ${parent}\nauthor ${nobody}\ncommitter ${nobody}\n\nWork in progress\n`,
    ),
  }));
  return inTemporaryFolder(files, async (folder) => {
    const args = ["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"] as const;
    const input = files.map(({ path }) => `${join(folder, path)}\n`).join("");
    const answer = await repository.run(args, { input });
    return answer.stdout.toString("utf8").split("\n").slice(0, -1);
  });
}
