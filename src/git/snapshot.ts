import { join } from "node:path";
import { copyFileIfThere, pathExists } from "../system/files.ts";
import { inTemporaryFolder } from "../system/temporary-folder.ts";
import { type BytePath, byteText, lookAtBytePath } from "./byte-paths.ts";
import { writeCommitObject } from "./commits.ts";
import { answeredId } from "./failures.ts";
import type { Git } from "./git.ts";
import { flagsNothing, hasNoConflict } from "./index-flags.ts";
import { indexSubject, keeper, type KeptTree, readKept, stateSubject } from "./keeper.ts";
import { listIndex } from "./list-index.ts";
import { layOut } from "./lay-out.ts";
import { parseHiddenFiles, parseUnstagedPaths } from "./parse-status.ts";
import { parseStages } from "./parse-tree.ts";
import { durableObjects, indexInfo, keepBlobs, keepRawFiles, type RawEntry } from "./raw-blobs.ts";
import type { Repository } from "./repository.ts";
import type { Arguments } from "./run-git.ts";
import { plainStatus } from "./status.ts";
import { idsInStateFiles, listStateFiles } from "./unfinished.ts";
import { worktreeGitDir } from "./worktree-git-dir.ts";

/** Runs git in the working tree with a private index; paths are byte paths on both sides. */
type RunWithIndex = (args: Arguments, input?: Buffer) => Promise<string>;

/** The part of the gateway that keeps working trees as commits. */
export interface Snapshots {
  /**
   * Commits a working tree's complete state aside, and moves nothing. Its tree holds every tracked and
   * untracked-not-ignored file byte for byte as it lies there; its parents are HEAD (unless unborn), a commit of what
   * is staged, and one of the index file and of what git notes of a merge or the like under way. Failure
   * dirty_worktree for a git repository inside, whose own commits would be missing.
   */
  snapshot(worktree: string, message: string): Promise<string>;
  /** What such a commit, or a plain one, keeps. */
  readKept(commit: string): Promise<KeptTree>;
  /**
   * Makes a worktree that has no files yet what such a commit keeps: files, index and what was under way. The scratch
   * folder lies on the same file system, and the caller removes it.
   */
  layOut(worktree: string, commit: string, scratch: string): Promise<void>;
}

/** Keeping a working tree's state as commits, and laying it out again. */
export function snapshots(repository: Repository, head: Git["head"]): Snapshots {
  return {
    readKept: (commit) => readKept(repository, commit),
    layOut: (worktree, commit, scratch) => layOut(repository, worktree, commit, scratch),
    snapshot: (worktree, message) =>
      inTemporaryFolder([], async (folder) => {
        const gitDir = worktreeGitDir(repository, worktree);
        const commit = (await head(worktree))?.commit;
        const base = commit === undefined ? [] : [commit];
        const file = join(folder, "index");
        await copyFileIfThere(join(gitDir, "index"), file);
        const run = withIndex(repository, worktree, file);
        // All of it in one file, and nothing that belongs to this place and time only.
        await run(["update-index", "--no-split-index", "--no-untracked-cache", "--no-fsmonitor"]);
        const isPlain = hasNoConflict(file, repository.commonDir);
        const unmerged = isPlain ? Buffer.alloc(0) : await listOf(repository, worktree, file, "--unmerged");
        const stages = parseStages(byteText(unmerged));
        const stateTree = await writeState(repository, gitDir, { folder, file, stages });
        const staged = await writeIndex(run, stages);
        const tree = await writeFiles(repository, { worktree, file, staged }, run);
        const write = (of: string, parents: readonly string[], text: string): Promise<string> =>
          writeCommitObject(repository, { tree: of, parents, message: text }, keeper);
        const index = await write(staged, base, `${indexSubject}${message}`);
        const others = await reachableIds(repository, gitDir);
        const state = await write(stateTree, others, `${stateSubject}${message}`);
        return write(tree, [...base, index, state], message);
      }),
  };
}

function listOf(repository: Repository, worktree: string, file: string, option: string): Promise<Buffer> {
  return listIndex(repository, worktree, [option], { env: { GIT_INDEX_FILE: file } });
}

function withIndex(repository: Repository, worktree: string, file: string): RunWithIndex {
  const config = [...durableObjects, "core.splitIndex=false"];
  return async (args, input = Buffer.alloc(0)) => {
    const env = { GIT_INDEX_FILE: file };
    return byteText((await repository.runIn(worktree, args, { env, config, input })).stdout);
  };
}

/** The tree of the index; of a file in conflict it holds our side, else theirs, else the old one. */
async function writeIndex(run: RunWithIndex, stages: readonly Stage[]): Promise<string> {
  const order = ["1", "3", "2"];
  const best = new Map<BytePath, Stage>();
  for (const one of stages) {
    const before = best.get(one.path);
    if (!before || order.indexOf(one.stage) > order.indexOf(before.stage)) best.set(one.path, one);
  }
  if (best.size > 0) await run(["update-index", "-z", "--index-info"], indexInfo([...best.values()]));
  return answeredId("write-tree", await run(["write-tree"]));
}

/** One side of a file in conflict. */
type Stage = RawEntry & { readonly stage: string };

/**
 * The tree of all files as they lie there. What git sees as unchanged stays as the index has it; everything else is
 * kept byte for byte, past filters and line endings.
 */
async function writeFiles(
  repository: Repository,
  { worktree, file, staged }: { readonly worktree: string; readonly file: string; readonly staged: string },
  run: RunWithIndex,
): Promise<string> {
  // Its own index, since git tells by that file's time which files may have been changed right after they were added.
  const args = ["status", ...plainStatus, "--ignored=no", "--ignore-submodules=none"] as const;
  const changed = parseUnstagedPaths(byteText((await repository.runIn(worktree, args)).stdout));
  // A file that git was told not to look at is looked at here; one that a sparse checkout left out stays as it is.
  const isPlain = flagsNothing(file, repository.commonDir);
  const flagged = isPlain ? Buffer.alloc(0) : await listOf(repository, worktree, file, "-v");
  const hidden = parseHiddenFiles(byteText(flagged)).filter((path) => lookAtBytePath(worktree, path));
  const paths = [...new Set([...changed, ...hidden])];
  const { entries, gone } = await keepRawFiles(repository, worktree, paths);
  // An id of zeros is as long as any other of the repository.
  const removed = gone.map((path) => ({ mode: "0", id: staged.replaceAll(/./g, "0"), path }));
  if (paths.length > 0)
    await run(["update-index", "-z", "--index-info"], indexInfo([...removed, ...entries]));
  return answeredId("write-tree", await run(["write-tree"]));
}

/** The tree of the index file itself, HEAD, both sides of conflicts, and what git notes of a merge or the like. */
async function writeState(
  repository: Repository,
  gitDir: string,
  own: { readonly folder: string; readonly file: string; readonly stages: readonly Stage[] },
): Promise<string> {
  const names = listStateFiles(gitDir);
  const files: [string, string][] = [
    ["HEAD", join(gitDir, "HEAD")],
    ...(pathExists(own.file) ? ([["index", own.file]] as [string, string][]) : []),
    ...names.map((name): [string, string] => [`git/${name}`, join(gitDir, name)]),
  ];
  const ids = await keepBlobs(
    repository,
    files.map(([, path]) => byteText(Buffer.from(path))),
  );
  const entries = files.map(([name], at) => ({
    mode: "100644",
    id: ids[at] ?? "",
    path: byteText(Buffer.from(name)),
  }));
  const sides = own.stages.map((one) => ({ ...one, path: `stages/${one.stage}/${one.path}` }));
  const call = { env: { GIT_INDEX_FILE: join(own.folder, "state") }, config: durableObjects };
  const input = indexInfo([...entries, ...sides]);
  await repository.run(["update-index", "-z", "--index-info"], { ...call, input });
  return answeredId("write-tree", (await repository.run(["write-tree"], call)).stdout);
}

/** Commits of a merge or rebase under way, which nothing else may hold. */
async function reachableIds(repository: Repository, gitDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const id of idsInStateFiles(gitDir, listStateFiles(gitDir))) {
    if ((await repository.objects.read(id))?.type === "commit") found.push(id);
  }
  return found;
}
