import { blobIdOfFile, blobIdOfText } from "./blob-id.ts";
import { answeredId } from "./failures.ts";
import type { Git } from "./git.ts";
import type { ObjectMemory } from "./object-reader.ts";
import { findTree, type FolderEntry, isFolder, readFolder } from "./object-tree.ts";
import { revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** What commits hold. */
export function content(
  repository: Repository,
): Pick<Git, "blobOf" | "readFile" | "readBlob" | "listFolder" | "hashText" | "hashFile"> & ObjectMemory {
  return {
    knowObjects: (kept) => {
      repository.objects.know(kept);
    },
    keptObjects: () => repository.objects.kept(),
    blobOf: (commit, path) => findFile(repository, commit, path),
    readFile: async (commit, path) => {
      const blob = await findFile(repository, commit, path);
      return blob === undefined ? undefined : (await readBlob(repository, blob)).toString("utf8");
    },
    readBlob: (blob) => readBlob(repository, blob),
    listFolder: async (commit, folder) => {
      const entries = await entriesOf(repository, commit, folder);
      return entries.map((entry) => `${entry.name}${isFolder(entry) ? "/" : ""}`);
    },
    hashText: async (text) => {
      const known = await blobIdOfText(repository.commonDir, text);
      if (known !== undefined) return known;
      const answer = await repository.run(["hash-object", "--stdin"], { input: text });
      return answeredId("hash-object", answer.stdout);
    },
    hashFile: async (path) => {
      const known = await blobIdOfFile(repository.commonDir, path);
      if (known !== undefined) return known;
      const answer = await repository.run(["hash-object", "--no-filters", "--", path]);
      return answeredId("hash-object", answer.stdout);
    },
  };
}

/** The blob of a path; undefined when it is absent, or a folder, a symbolic link or a submodule. */
async function findFile(repository: Repository, commit: string, path: string): Promise<string | undefined> {
  const slash = path.lastIndexOf("/");
  const entries = await entriesOf(repository, commit, path.slice(0, Math.max(slash, 0)));
  const entry = entries.find(({ name }) => name === path.slice(slash + 1));
  return entry?.mode.startsWith("100") === true ? entry.id : undefined;
}

async function entriesOf(repository: Repository, commit: string, folder: string): Promise<FolderEntry[]> {
  const tree = await findTree(repository, commit);
  return (await readFolder(repository.objects, tree, folder)) ?? [];
}

/** The bytes of a blob; git itself says why where it has none. */
export async function readBlob(repository: Repository, blob: string): Promise<Buffer> {
  const object = await repository.objects.read(revision(blob));
  if (object?.type === "blob") return object.bytes;
  return (await repository.run(["cat-file", "blob", revision(blob)])).stdout;
}
