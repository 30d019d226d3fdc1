import type { TreeFile } from "./git.ts";
import { listTree } from "./list-tree.ts";
import { parseSizedTree, parseTree } from "./parse-tree.ts";
import type { TreePath } from "./path-state.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** The part of the gateway that lists whole trees. */
export interface TreeFiles {
  /** Every file of a commit with its mode and id, in path order; a submodule is one entry. */
  filesOf(commit: string): Promise<TreePath[]>;
  /** What lies at or below paths of a commit, without the folders. */
  filesBelow(commit: string, paths: readonly string[]): Promise<TreeFile[]>;
  /** Bytes of blobs; an id that is none, such as zeros, is left out. */
  blobSizes(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Many files of a commit at once, with what is needed to write them somewhere else. */
export function treeFiles(repository: Repository): TreeFiles {
  return {
    filesBelow: async (commit, paths) => {
      if (paths.length === 0) return []; // without a path git would list everything
      const listed = await listTree(repository, commit, { options: ["-r", "-l"], paths });
      return parseSizedTree(listed.toString("utf8"));
    },
    blobSizes: async (ids) => {
      if (ids.length === 0) return new Map();
      const input = ids.map((id) => `${revision(id)}\n`).join("");
      const args = ["cat-file", "--batch-check=%(objecttype) %(objectname) %(objectsize)"] as const;
      const answer = await repository.run(args, { input });
      const lines = answer.stdout.toString("utf8").split("\n");
      const blobs = lines.map((line) => line.split(" ")).filter(([type]) => type === "blob");
      return new Map(blobs.map(([, id = "", size]) => [id, Number(size)]));
    },
    filesOf: async (commit) => {
      const entries = parseTree((await listTree(repository, commit)).toString("utf8"));
      return entries.map(({ mode, id, path }) => ({ mode, blob: id, path }));
    },
  };
}
