import type { Git } from "./git.ts";
import { eachGroup } from "./path-groups.ts";
import { modeInTree, parseBatch, parseTree, type TreeEntry } from "./parse-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** What commits hold. */
export function content(
  repository: Repository,
): Pick<Git, "blobOf" | "readFile" | "readBlob" | "listFolder" | "listFolders" | "hashText" | "hashFile"> {
  const findBlob = async (commit: string, path: string): Promise<string | undefined> => {
    const entry = (await listTree(repository, commit, path === "" ? [] : [path])).find(
      (one) => one.path === path,
    );
    return entry?.mode.startsWith("100") === true ? entry.id : undefined;
  };
  return {
    blobOf: findBlob,
    readFile: async (commit, path) => {
      if (isPlainPath(path)) return readFileAtOnce(repository, commit, path);
      const blob = await findBlob(commit, path);
      if (blob === undefined) return undefined;
      return (await repository.run(["cat-file", "blob", blob])).stdout.toString("utf8");
    },
    readBlob: async (blob) => (await repository.run(["cat-file", "blob", revision(blob)])).stdout,
    listFolder: async (commit, folder) => {
      const path = folder.replace(/\/+$/, "");
      return [...((await listFolders(repository, commit, [path])).get(path) ?? [])];
    },
    listFolders: (commit, folders) => listFolders(repository, commit, folders),
    hashText: async (text) => {
      const answer = await repository.run(["hash-object", "--stdin"], { input: text });
      return answer.stdout.toString("utf8").trim();
    },
    hashFile: async (path) => {
      const answer = await repository.run(["hash-object", "--no-filters", "--", path]);
      return answer.stdout.toString("utf8").trim();
    },
  };
}

/** Whether `<commit>:<path>` names just this path and fits on a line. */
function isPlainPath(path: string): boolean {
  return (
    path !== "" && !path.includes("\n") && path.split("/").every((part) => !["", ".", ".."].includes(part))
  );
}

/** The file and the folder around it in one call; the folder knows whether it is a file or a symbolic link. */
async function readFileAtOnce(
  repository: Repository,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const slash = path.lastIndexOf("/");
  const input = `${revision(commit)}:${path.slice(0, Math.max(slash, 0))}\n${commit}:${path}\n`;
  const answer = await repository.run(["cat-file", "--batch"], { input });
  const [folder, file] = parseBatch(answer.stdout);
  if (folder === undefined || file === undefined) return undefined;
  const idLength = answer.stdout.indexOf(" ");
  const mode = modeInTree(folder, path.slice(slash + 1), idLength);
  return mode?.startsWith("100") === true ? file.toString("utf8") : undefined;
}

async function listFolders(
  repository: Repository,
  commit: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>(folders.map((folder) => [folder, []]));
  const entries = folders.includes("") ? await listTree(repository, commit, []) : [];
  // Asked for a folder and one below it at once, git leaves the second out of the answer for the first.
  for (const level of levels(folders.filter((folder) => folder !== ""))) {
    entries.push(...(await eachGroup(level, (group) => listTree(repository, commit, group))));
  }
  for (const { path, type } of entries) {
    const slash = path.lastIndexOf("/");
    const name = `${path.slice(slash + 1)}${type === "tree" ? "/" : ""}`;
    names.get(path.slice(0, Math.max(slash, 0)))?.push(name);
  }
  return names;
}

/** Prefixes for git, by the number of folders that they lie in. */
function levels(folders: readonly string[]): string[][] {
  const found = new Map<number, string[]>();
  for (const folder of folders) {
    const depth = folder.split("/").length;
    found.set(depth, [...(found.get(depth) ?? []), `${folder}/`]);
  }
  return [...found.values()];
}

async function listTree(
  repository: Repository,
  commit: string,
  paths: readonly string[],
): Promise<TreeEntry[]> {
  const which = paths.length === 0 ? [] : ["--", ...paths];
  const answer = await repository.run(["ls-tree", "-z", "--full-tree", revision(commit), ...which]);
  return parseTree(answer.stdout.toString("utf8"));
}
