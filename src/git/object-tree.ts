import { answeredId } from "./failures.ts";
import { isObjectId, revision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import type { ObjectReader } from "./object-reader.ts";

/** One entry of a folder. */
export interface FolderEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** The tree of a commit or of a ref; Failure git_failed when there is none. */
export async function findTree(repository: Repository, commit: string): Promise<string> {
  const object = isObjectId(commit) ? await repository.objects.read(commit) : undefined;
  if (object?.type === "tree") return commit;
  const named =
    object?.type === "commit" && /^tree ([0-9a-f]+)\n/.exec(object.bytes.toString("latin1", 0, 80));
  if (named && named[1] !== undefined) return named[1];
  const answer = await repository.run(["rev-parse", "--verify", `${revision(commit)}^{tree}`]);
  return answeredId("rev-parse", answer.stdout);
}

/** The entries of a folder ("" = root) of a tree; undefined when there is no such folder. */
export async function readFolder(
  reader: ObjectReader,
  tree: string,
  folder: string,
): Promise<FolderEntry[] | undefined> {
  let id = tree;
  for (const part of folder.split("/").filter((name) => name !== "")) {
    const entry = (await readTree(reader, id))?.find(({ name }) => name === part);
    if (!entry || !isFolder(entry)) return undefined;
    id = entry.id;
  }
  return readTree(reader, id);
}

/** Whether an entry is a folder, and no file, symbolic link or submodule. */
export function isFolder({ mode }: FolderEntry): boolean {
  return mode === "40000";
}

async function readTree(reader: ObjectReader, id: string): Promise<FolderEntry[] | undefined> {
  const object = await reader.read(id);
  if (object?.type !== "tree") return undefined;
  const entries = parsed.get(object.bytes) ?? parseTreeObject(object.bytes, id.length / 2);
  parsed.set(object.bytes, entries);
  return entries;
}

/** What the trees that the reader remembers hold: the upper folders are gone through for every path. */
const parsed = new WeakMap<Buffer, FolderEntry[]>();

/** The bytes of a tree object: `<mode> <name>`, a zero byte and the id, again and again. */
export function parseTreeObject(tree: Buffer, idLength: number): FolderEntry[] {
  const entries: FolderEntry[] = [];
  for (let at = 0; at < tree.length; ) {
    const end = tree.indexOf(0, at);
    const blank = tree.indexOf(32, at);
    const next = end + 1 + idLength;
    const id = tree.toString("hex", end + 1, next);
    entries.push({
      mode: tree.toString("latin1", at, blank),
      name: tree.toString("utf8", blank + 1, end),
      id,
    });
    at = next;
  }
  return entries;
}
