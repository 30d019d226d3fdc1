import type { TreeFile } from "./git.ts";
import type { TreePath } from "./path-state.ts";

/** One entry of `git ls-tree`. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly path: string;
}

/** Reads `git ls-tree -z`. */
export function parseTree(text: string): TreeEntry[] {
  return text
    .split("\0")
    .slice(0, -1)
    .map((entry) => {
      const tab = entry.indexOf("\t");
      const [mode = "", type = "", id = ""] = entry.slice(0, tab).split(" ");
      return { mode, type, id, path: entry.slice(tab + 1) };
    });
}

/** Reads `git ls-tree -r -l -z`, whose sizes are padded with blanks. */
export function parseSizedTree(text: string): TreeFile[] {
  return text
    .split("\0")
    .slice(0, -1)
    .map((entry) => {
      const tab = entry.indexOf("\t");
      const [mode = "", , blob = "", size] = entry.slice(0, tab).split(/ +/);
      const path = entry.slice(tab + 1);
      if (!mode.startsWith("100")) return { path, blob, size: 0, kind: "other" };
      return { path, blob, size: Number(size), kind: mode === "100755" ? "executable" : "plain" };
    });
}

/** Reads `git ls-files --stage -z`. */
export function parseIndex(text: string): TreePath[] {
  return text
    .split("\0")
    .slice(0, -1)
    .map((entry) => {
      const tab = entry.indexOf("\t");
      const [mode = "", blob = ""] = entry.slice(0, tab).split(" ");
      return { mode, blob, path: entry.slice(tab + 1) };
    });
}

/** Reads `git ls-files --stage -z` (or `--unmerged`) with the stage of each entry, 0 outside of conflicts. */
export function parseStages(text: string): (Omit<TreeEntry, "type"> & { readonly stage: string })[] {
  return text
    .split("\0")
    .slice(0, -1)
    .map((entry) => {
      const tab = entry.indexOf("\t");
      const [mode = "", id = "", stage = ""] = entry.slice(0, tab).split(" ");
      return { mode, id, stage, path: entry.slice(tab + 1) };
    });
}

/**
 * Reads `git cat-file --batch`: for each object a line `<id> <type> <size>`, its bytes and a line break; undefined
 * for one that is missing, which has another line and nothing else.
 */
export function parseBatch(output: Buffer): (Buffer | undefined)[] {
  const contents: (Buffer | undefined)[] = [];
  for (let at = 0; at < output.length; ) {
    const start = output.indexOf(10, at) + 1;
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(output.subarray(at, start - 1).toString("utf8"))?.[1];
    contents.push(size === undefined ? undefined : output.subarray(start, start + Number(size)));
    at = size === undefined ? start : start + Number(size) + 1;
  }
  return contents;
}

const attributesFile = Buffer.from(".gitattributes\0");

/** The `.gitattributes` files of `git ls-tree -r -z`, found without reading the other ten thousand names. */
export function parseAttributeFiles(output: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = output.indexOf(attributesFile); at >= 0; at = output.indexOf(attributesFile, at + 1)) {
    const start = at === 0 ? 0 : output.lastIndexOf(0, at - 1) + 1;
    const end = at + attributesFile.length;
    entries.push(...parseTree(output.subarray(start, end).toString("utf8")));
  }
  // git does not follow a symbolic link of this name either.
  return entries.filter(({ mode, path }) => mode.startsWith("100") && /(^|\/)\.gitattributes$/.test(path));
}
