import { findTree, readFolder } from "./object-tree.ts";
import { isObjectId } from "./ref-name.ts";
import type { Repository } from "./repository.ts";

/** git's stash has an author of its own too: keeping work must not fail for want of a name. */
export const keeper = {
  GIT_AUTHOR_NAME: "calm",
  GIT_AUTHOR_EMAIL: "calm@localhost",
  GIT_COMMITTER_NAME: "calm",
  GIT_COMMITTER_EMAIL: "calm@localhost",
};

/** How the message of a snapshot's second and third commit begins. */
export const indexSubject = "index of: ";
export const stateSubject = "state of: ";

/** What a commit that keeps a working tree is made of. */
export interface KeptTree {
  /** The commit whose tree holds the files as they lay there; a plain commit stands for a clean working tree. */
  readonly files: string;
  /** HEAD's commit; undefined on an unborn branch. */
  readonly head: string | undefined;
  /** The commit whose tree is what was staged; undefined for a plain commit. */
  readonly index: string | undefined;
  /** The commit that holds the index file and what git knew of a merge or the like under way; older snapshots lack it. */
  readonly state: string | undefined;
  /** Full name of the branch that HEAD was on; undefined when it was detached, or where that was not kept. */
  readonly branch: string | undefined;
}

/** Tells what a commit keeps: a snapshot of calm's, or else the commit itself and nothing uncommitted. */
export async function readKept(repository: Repository, commit: string): Promise<KeptTree> {
  const plain: KeptTree = {
    files: commit,
    head: commit,
    index: undefined,
    state: undefined,
    branch: undefined,
  };
  const { parents, own } = await readCommit(repository, commit);
  if (!own) return plain;
  let [index, state]: [string | undefined, string | undefined] = [undefined, undefined];
  for (const parent of parents.slice(0, 3)) {
    const { subject, own: kept } = await readCommit(repository, parent);
    if (kept && subject.startsWith(indexSubject)) index ??= parent;
    if (kept && subject.startsWith(stateSubject)) state ??= parent;
  }
  if (index === undefined) return plain;
  const head = parents[0] === index ? undefined : parents[0];
  return { files: commit, head, index, state, branch: await branchOf(repository, state) };
}

async function branchOf(repository: Repository, state: string | undefined): Promise<string | undefined> {
  if (state === undefined) return undefined;
  const tree = await readFolder(repository.objects, await findTree(repository, state), "");
  const blob = tree?.find(({ name }) => name === "HEAD")?.id;
  const text = blob === undefined ? "" : (await repository.objects.read(blob))?.bytes.toString("utf8");
  return /^ref: (refs\/heads\/\S+)\n?$/.exec(text ?? "")?.[1];
}

async function readCommit(
  repository: Repository,
  commit: string,
): Promise<{ readonly parents: readonly string[]; readonly subject: string; readonly own: boolean }> {
  const object = await repository.objects.read(commit);
  const text = object?.type === "commit" ? object.bytes.toString("utf8") : "";
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  const parents = lines.flatMap((line) => (line.startsWith("parent ") ? [line.slice("parent ".length)] : []));
  const committer = `committer ${keeper.GIT_COMMITTER_NAME} <${keeper.GIT_COMMITTER_EMAIL}> `;
  return {
    parents: parents.filter(isObjectId),
    subject: text.slice(end + 2).split("\n")[0] ?? "",
    own: lines.some((line) => line.startsWith(committer)),
  };
}
