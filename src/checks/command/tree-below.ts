import type { TreeReader } from "./definition.ts";

/** A folder of a commit as if it were the root; "" gives the commit itself. */
export function treeBelow(tree: TreeReader, folder: string): TreeReader {
  if (folder === "") return tree;
  return {
    list: (inner) => tree.list(inner === "" ? folder : `${folder}/${inner}`),
    read: async (path) => {
      const full = `${folder}/${path}`;
      const slash = full.lastIndexOf("/");
      // A folder is listed once for all; a file that is not there would cost a call of git each time.
      const names = await tree.list(full.slice(0, slash));
      return names.includes(full.slice(slash + 1)) ? tree.read(full) : undefined;
    },
  };
}

/** Whether a file of this name lies in a folder, or in one directly below it. */
export async function holdsFile(tree: TreeReader, folder: string, name: RegExp): Promise<boolean> {
  const names = await tree.list(folder);
  if (names.some((one) => name.test(one))) return true;
  const inner = names.filter((one) => one.endsWith("/") && !/^(\.|node_modules\/)/.test(one));
  const below = await Promise.all(inner.map((one) => tree.list(`${folder}/${one.slice(0, -1)}`)));
  return below.flat().some((one) => name.test(one));
}
