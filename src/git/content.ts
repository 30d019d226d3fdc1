import type { Git } from "./git.ts";
import { modeInTree, parseBatch, parseTree, type TreeEntry } from "./parse-tree.ts";
import type { TreePath } from "./path-state.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** What commits hold. */
export function content(
  repository: Repository,
): Pick<Git, "blobOf" | "readFile" | "readBlob" | "filesOf" | "listFolder" | "hashText" | "hashFile"> {
  const findBlob = async (commit: string, path: string): Promise<string | undefined> => {
    const entry = (await listTree(repository, commit, path)).find((one) => one.path === path);
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
    filesOf: (commit) => filesOf(repository, commit),
    listFolder: async (commit, folder) => {
      const prefix = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
      const entries = await listTree(repository, commit, prefix);
      return entries
        .filter(({ path }) => path.startsWith(prefix))
        .map(({ path, type }) => `${path.slice(prefix.length)}${type === "tree" ? "/" : ""}`);
    },
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

async function filesOf(repository: Repository, commit: string): Promise<TreePath[]> {
  const answer = await repository.run(["ls-tree", "-r", "-z", "--full-tree", revision(commit)]);
  return parseTree(answer.stdout.toString("utf8")).map(({ mode, id, path }) => ({ mode, blob: id, path }));
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

async function listTree(repository: Repository, commit: string, path: string): Promise<TreeEntry[]> {
  const which = path === "" ? [] : ["--", path];
  const answer = await repository.run(["ls-tree", "-z", "--full-tree", revision(commit), ...which]);
  return parseTree(answer.stdout.toString("utf8"));
}
