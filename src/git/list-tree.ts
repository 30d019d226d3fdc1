import { noAnswer } from "./failures.ts";
import { findTree, type FolderEntry, isFolder, readFolder } from "./object-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/**
 * What `git ls-tree` with these options tells of a commit or tree, or of paths of it; every file unless told otherwise.
 * Failure git_failed where it tells nothing although a file is there: such an answer was lost.
 */
export async function listTree(
  repository: Repository,
  commit: string,
  {
    options = ["-r"],
    paths,
  }: { readonly options?: readonly string[]; readonly paths?: readonly string[] } = {},
): Promise<Buffer> {
  const named = paths === undefined ? [] : ["--", ...paths];
  const args = ["ls-tree", ...options, "-z", "--full-tree", revision(commit), ...named] as const;
  const { stdout } = await repository.run(args);
  if (stdout.length === 0 ? await hasFiles(repository, commit, paths) : stdout.at(-1) !== 0) {
    throw noAnswer("ls-tree");
  }
  return stdout;
}

/**
 * Whether a commit or tree has a file at or below one of the paths ("" = anywhere), without asking git for a list:
 * true as well of what cannot be read. Folders without files are no file; other programs than git make them.
 */
async function hasFiles(
  repository: Repository,
  commit: string,
  paths: readonly string[] = [""],
): Promise<boolean> {
  const tree = await findTree(repository, commit);
  for (const path of paths) {
    const above = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
    const entries = (await readFolder(repository.objects, tree, above)) ?? [];
    const name = path.slice(path.lastIndexOf("/") + 1);
    const entry = path === "" ? { mode: "40000", name, id: tree } : entries.find((one) => one.name === name);
    if (entry && (await holdsFile(repository, entry))) return true;
  }
  return false;
}

async function holdsFile(repository: Repository, entry: FolderEntry): Promise<boolean> {
  if (!isFolder(entry)) return true;
  const entries = await readFolder(repository.objects, entry.id, "");
  if (!entries) return true;
  for (const one of entries) if (await holdsFile(repository, one)) return true;
  return false;
}
