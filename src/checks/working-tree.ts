import { join } from "node:path";
import { readTextIfThere } from "../system/files.ts";
import type { TreeReader } from "./command/definition.ts";

/** A commit's files as they lie in a worktree, where these paths are not committed. */
export function workingTree(tree: TreeReader, worktree: string, uncommitted: readonly string[]): TreeReader {
  return {
    list: async (folder) => {
      const start = folder === "" ? "" : `${folder}/`;
      const below = uncommitted
        .filter((path) => path.startsWith(start))
        .map((path) => path.slice(start.length));
      const names = below.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/") + 1) : path));
      return [...new Set([...(await tree.list(folder)), ...names])];
    },
    read: (path) => (uncommitted.includes(path) ? readTextIfThere(join(worktree, path)) : tree.read(path)),
  };
}
