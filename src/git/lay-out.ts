import { join } from "node:path";
import { moveToBytePath, writeBytes } from "../system/byte-files.ts";
import { pathExists } from "../system/files.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { byteText, fullBytePath } from "./byte-paths.ts";
import { initialiseAlike } from "./clones.ts";
import { readBlob } from "./content.ts";
import { readKept } from "./keeper.ts";
import { listIndex } from "./list-index.ts";
import { listTree } from "./list-tree.ts";
import { parseStages, parseTree } from "./parse-tree.ts";
import { indexInfo, type RawEntry } from "./raw-blobs.ts";
import type { Repository } from "./repository.ts";
import { worktreeGitDir } from "./worktree-git-dir.ts";

/** Makes a worktree without files what a snapshot, or a plain commit, keeps. */
export async function layOut(
  repository: Repository,
  worktree: string,
  commit: string,
  scratch: string,
): Promise<void> {
  const kept = await readKept(repository, commit);
  if (kept.index === undefined) {
    await repository.runIn(worktree, ["reset", "--hard", "--quiet"]);
    return;
  }
  makePrivateFolder(scratch);
  const gitDir = worktreeGitDir(repository, worktree);
  if (kept.state === undefined) await repository.runIn(worktree, ["read-tree", kept.index]);
  else await writeStateFiles(repository, gitDir, kept.state);
  const index = parseStages(byteText(await listIndex(repository, worktree, ["--stage"])));
  const same = new Set(index.filter(({ stage }) => stage === "0").map(nameOf));
  const files = await entriesOf(repository, commit);
  // First, for a .gitattributes among them says how the others are written.
  await writeRaw(
    repository,
    worktree,
    files.filter((one) => !same.has(nameOf(one))),
    scratch,
  );
  await checkOut(
    repository,
    { worktree, gitDir, scratch },
    files.filter((one) => same.has(nameOf(one))),
  );
  // Gives the entries the times of their files; exit 1 says that some differ, as they did.
  await repository.runIn(worktree, ["update-index", "-q", "--refresh"], { answers: [0, 1] });
}

const nameOf = ({ mode, id, path }: RawEntry): string => `${mode} ${id} ${path}`;

async function entriesOf(repository: Repository, commit: string): Promise<RawEntry[]> {
  return parseTree(byteText(await listTree(repository, commit)));
}

/** Gives the git directory of a worktree the index file and the notes that were kept. */
async function writeStateFiles(repository: Repository, gitDir: string, state: string): Promise<void> {
  for (const { id, path } of await entriesOf(repository, state)) {
    const name = path === "index" ? path : /^git\/(.+)$/.exec(path)?.[1];
    if (name === undefined) continue;
    await writeBytes(join(gitDir, name), await readBlob(repository, id));
  }
}

/** Writes the files that are as the index has them, in the way that git writes them here. */
async function checkOut(
  repository: Repository,
  place: { readonly worktree: string; readonly gitDir: string; readonly scratch: string },
  entries: readonly RawEntry[],
): Promise<void> {
  const { worktree, gitDir, scratch } = place;
  const left = await leftOut(repository, worktree, gitDir);
  const wanted = entries.filter(({ path }) => !left.has(path));
  if (wanted.length === 0) return;
  // Of its own: none of the index's flags may keep a file from being written.
  const env = { GIT_INDEX_FILE: join(scratch, "unchanged") };
  await repository.runIn(worktree, ["update-index", "-z", "--index-info"], { env, input: indexInfo(wanted) });
  await repository.runIn(worktree, ["checkout-index", "--all", "--quiet"], { env });
}

/** What a sparse checkout leaves out. */
async function leftOut(
  repository: Repository,
  worktree: string,
  gitDir: string,
): Promise<ReadonlySet<string>> {
  if (!pathExists(join(gitDir, "info/sparse-checkout"))) return new Set();
  const answer = byteText(await listIndex(repository, worktree, ["-v"]));
  const skipped = answer.split("\0").filter((entry) => /^[Ss] /.test(entry));
  return new Set(skipped.map((entry) => entry.slice(2)));
}

/**
 * Writes files byte for byte: by a git that has this repository's objects but neither its attributes nor its
 * configuration, under numbers, from where each is moved to its place.
 */
async function writeRaw(
  repository: Repository,
  worktree: string,
  entries: readonly RawEntry[],
  scratch: string,
): Promise<void> {
  const files = entries.filter(({ mode }) => mode !== "160000");
  if (files.length === 0) return;
  await initialiseAlike(repository, scratch);
  const folder = join(scratch, "files");
  makePrivateFolder(folder);
  const env = {
    GIT_DIR: join(scratch, ".git"),
    GIT_COMMON_DIR: undefined,
    GIT_OBJECT_DIRECTORY: join(repository.commonDir, "objects"),
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(scratch, "raw"),
    GIT_ATTR_NOSYSTEM: "1",
  };
  const config = ["core.attributesFile=/dev/null", "core.autocrlf=false", "core.eol=lf"];
  const call = { cwd: folder, env, config };
  const input = indexInfo(files.map(({ mode, id }, at) => ({ mode, id, path: String(at) })));
  await repository.run(["update-index", "-z", "--index-info"], { ...call, input });
  await repository.run(["checkout-index", "--all", "--quiet"], call);
  for (const [at, { path }] of files.entries()) {
    await moveToBytePath(join(folder, String(at)), fullBytePath(worktree, path));
  }
}
