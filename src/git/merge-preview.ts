import { join } from "node:path";
import { inTemporaryFolder, type TemporaryFile } from "../system/temporary-folder.ts";
import { isNearAncestor } from "./ancestry.ts";
import { readAttributes } from "./attributes.ts";
import { noAnswer } from "./failures.ts";
import type { Git, MergePreview } from "./git.ts";
import { findTree } from "./object-tree.ts";
import { isObjectId, revision } from "./ref-name.ts";
import { durable, type Repository } from "./repository.ts";

/** Merging in memory. */
export function mergePreview(repository: Repository): Pick<Git, "previewMerge"> {
  // A forecast asks for the same side again and again; a commit's attributes never change.
  const known = new Map<string, Promise<readonly TemporaryFile[]>>();
  const attributesOf = (commit: string): Promise<readonly TemporaryFile[]> => {
    const attributes = known.get(commit) ?? readAttributes(repository, commit);
    if (isObjectId(commit)) known.set(commit, attributes);
    return attributes;
  };
  return {
    previewMerge: async (ours, theirs) => {
      // Where only one side went on since, there is nothing to merge: the result is that side, whatever attributes say.
      if (isObjectId(ours) && isObjectId(theirs) && (await isNearAncestor(repository, ours, theirs)))
        return { clean: true, tree: await findTree(repository, theirs) };
      const attributes = await attributesOf(revision(ours));
      // git takes attributes from the folder it runs in: here those of `ours`, never a dirty checkout's.
      return inTemporaryFolder(attributes, async (folder) => {
        const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"] as const;
        const answer = await repository.run([...args, revision(ours), revision(theirs)], {
          cwd: folder,
          env: { GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(folder, ".git-no-index") },
          answers: [0, 1],
          // A merge commit may be built on these objects, and git does not write again what is there.
          config: durable,
        });
        return parseMergeTree(answer.stdout.toString("utf8"), answer.exitCode === 0);
      });
    },
  };
}

/** Reads `git merge-tree --write-tree -z --name-only --no-messages`; only the exit code says whether it is clean. */
export function parseMergeTree(text: string, clean: boolean): MergePreview {
  if (text === "") throw noAnswer("merge-tree");
  const [tree = "", ...conflicts] = text.split("\0").filter((field) => field !== "");
  if (!isObjectId(tree))
    throw new Error(`git merge-tree gave no tree: ${JSON.stringify(text.slice(0, 200))}`);
  return clean ? { clean, tree } : { clean, tree, conflicts: [...new Set(conflicts)] };
}
