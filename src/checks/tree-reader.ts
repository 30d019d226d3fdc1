import type { Git } from "../git/git.ts";
import type { TreeReader } from "./command/definition.ts";

/** Reads a commit's files for detection; each answer is asked for once. */
export function treeReader(git: Git, commit: string): TreeReader {
  const folders = new Map<string, Promise<readonly string[]>>();
  const files = new Map<string, Promise<string | undefined>>();
  return {
    list: (folder) => once(folders, folder, () => git.listFolder(commit, folder)),
    read: (path) => once(files, path, () => git.readFile(commit, path)),
  };
}

function once<T>(cache: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = cache.get(key) ?? ask();
  cache.set(key, known);
  return known;
}
