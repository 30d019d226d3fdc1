import type { Git } from "../git/git.ts";
import type { TreeReader } from "./command/definition.ts";

/** Reads a commit's files for detection; each answer is asked for once, folders that are wanted at once together. */
export function treeReader(git: Git, commit: string): TreeReader {
  const folders = new Map<string, Promise<readonly string[]>>();
  const files = new Map<string, Promise<string | undefined>>();
  let wanted: string[] = [];
  let asked: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  const listed = async (folder: string): Promise<readonly string[]> => {
    wanted.push(folder);
    // By the next turn everybody has said what they want; each call of git costs more than its answer.
    asked ??= Promise.resolve().then(() => {
      const now = wanted;
      wanted = [];
      asked = undefined;
      return git.listFolders(commit, now);
    });
    return (await asked).get(folder) ?? [];
  };
  return {
    list: (folder) => once(folders, folder, () => listed(folder)),
    read: (path) => once(files, path, () => git.readFile(commit, path)),
  };
}

function once<T>(cache: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = cache.get(key) ?? ask();
  cache.set(key, known);
  return known;
}
