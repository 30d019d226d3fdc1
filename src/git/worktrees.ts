import { basename, dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import { appendText } from "../system/append-text.ts";
import { lookAt, pathExists, removeTree, replaceFile, writeTextFile } from "../system/files.ts";
import type { CheckoutChange, Git } from "./git.ts";
import { linkedEntries } from "./linked-entries.ts";
import { listWorktrees } from "./listed-worktrees.ts";
import { readEntries, readText, realPath } from "./local-files.ts";
import { isRefName, revision } from "./ref-name.ts";
import { ownIndex, type Repository } from "./repository.ts";
import { findUnfinished } from "./unfinished.ts";
import { isRepairable, worktreeGitDir } from "./worktree-git-dir.ts";

type Worktrees = Pick<
  Git,
  | "listWorktrees"
  | "checkoutRoots"
  | "addWorktree"
  | "attachWorktree"
  | "addBareWorktree"
  | "relocateWorktree"
  | "forgetWorktree"
  | "heldByEntry"
  | "isRepairable"
  | "exclude"
  | "gitDirOf"
  | "headLogLength"
  | "advanceCheckout"
>;

/** The working trees of a repository. */
export function worktrees(repository: Repository): Worktrees {
  // Tracking writes the shared configuration, on which parallel calls fail (RELIABILITY W8).
  const add = async (args: readonly string[]): Promise<void> => {
    await repository.run(["worktree", "add", "--quiet", "--no-track", ...args], { env: ownIndex });
  };
  return {
    listWorktrees: () => listWorktrees(repository),
    checkoutRoots: () => [
      ...(repository.root === undefined ? [] : [repository.root]),
      ...linkedPaths(repository.commonDir),
    ],
    addWorktree: async (path, branch, commit) =>
      add(["--no-guess-remote", "-b", branchName(branch), "--", path, revision(commit)]),
    attachWorktree: async (path, branch) => {
      await repository.run(["worktree", "add", "--quiet", "--", path, branchName(branch)], { env: ownIndex });
    },
    addBareWorktree: async (path, commit, branch) => {
      // A path that is relative to the entry would be wrong once the folder is moved.
      const config = ["worktree.useRelativePaths=false"];
      const args = ["--detach", "--no-checkout", "--", path, revision(commit)];
      await repository.run(["worktree", "add", "--quiet", ...args], { env: ownIndex, config });
      if (branch !== undefined) await repository.runIn(path, ["symbolic-ref", "HEAD", revision(branch)]);
    },
    relocateWorktree: (from, to) => relocateWorktree(repository, from, to),
    forgetWorktree: (path) => forgetWorktree(repository, path),
    heldByEntry: (path) => heldByEntry(repository, path),
    isRepairable: (path) => isRepairable(repository, path),
    exclude: (pattern) => exclude(repository.commonDir, pattern),
    // eslint-disable-next-line @typescript-eslint/require-await -- its refusal must be a rejection like all others
    gitDirOf: async (worktree) => worktreeGitDir(repository, worktree),
    // eslint-disable-next-line @typescript-eslint/require-await -- its refusal must be a rejection like all others
    headLogLength: async (worktree) =>
      lookAt(join(worktreeGitDir(repository, worktree), "logs/HEAD"))?.size ?? 0,
    advanceCheckout: (worktree, change) => advanceCheckout(repository, worktree, change),
  };
}

async function advanceCheckout(
  repository: Repository,
  worktree: string,
  { indexFile, from, to }: CheckoutChange,
): Promise<void> {
  const env = { GIT_INDEX_FILE: indexFile };
  const args = ["read-tree", "-m", "-u", revision(from), revision(to)] as const;
  const readTree = () => repository.runIn(worktree, args, { env, config: ["core.fsync=index"] });
  try {
    await readTree();
  } catch (error) {
    // A file that was only touched looks changed to read-tree, which then has done nothing. Whatever else stops it may
    // have written files already, which the second time would be named instead of the reason.
    if (!(error instanceof Failure && error.message.includes("not uptodate"))) throw error;
    // 1 = some are changed indeed
    await repository.runIn(worktree, ["update-index", "-q", "--refresh"], { env, answers: [0, 1] });
    await readTree();
  }
}

/** A short name that git takes as a branch and never as an option. */
function branchName(branch: string): string {
  if (isRefName(`refs/heads/${branch}`) && !branch.startsWith("-")) return branch;
  throw new Error(`Not a branch name: ${JSON.stringify(branch)}`);
}

/** The file by which an entry says where its worktree is. */
const placeFile = "gitdir";

async function forgetWorktree(repository: Repository, path: string): Promise<void> {
  if (pathExists(path)) {
    // `worktree remove --force` would delete it.
    throw new Failure("git_failed", `${path} is still there; only a worktree that is gone can be forgotten`, {
      details: { path },
    });
  }
  const entry = entryOf(repository.commonDir, path);
  if (entry === undefined) return;
  // What `git worktree remove` does with one whose folder is gone. A person's lock has been respected before that went.
  for (const { name } of readEntries(entry)) if (name !== placeFile) await removeTree(join(entry, name));
  // Last, because the entry is found by it: whoever is killed before that finds the rest again.
  await removeTree(join(entry, placeFile));
  await removeTree(entry);
}

async function heldByEntry(repository: Repository, path: string): Promise<string | undefined> {
  const { commonDir } = repository;
  const entry = entryOf(commonDir, path);
  if (entry === undefined) return undefined;
  const unfinished = findUnfinished(entry);
  if (unfinished !== undefined || !pathExists(join(entry, "index"))) return unfinished;
  const env = { ...ownIndex, GIT_DIR: entry, GIT_COMMON_DIR: commonDir };
  // 128 = HEAD is unborn, or the index is damaged: what is in it cannot be told from what is staged.
  const call = { env, answers: [0, 1, 128] };
  const { exitCode } = await repository.run(["diff-index", "--cached", "--quiet", "HEAD", "--"], call);
  return exitCode === 0 ? undefined : "staged changes";
}

/** `git worktree repair` would look at, and change, the worktrees of others as well. */
async function relocateWorktree(repository: Repository, from: string, to: string): Promise<void> {
  const entry = entryOf(repository.commonDir, from);
  if (entry === undefined) return;
  const file = join(entry, placeFile);
  await writeTextFile(`${file}.calm`, `${join(realPath(dirname(to)) ?? dirname(to), basename(to))}/.git\n`);
  await replaceFile(`${file}.calm`, file);
}

/** The path under which git knows a worktree that is gone: without symbolic links. */
function registeredPath(commonDir: string, path: string): string | undefined {
  const wanted = join(realPath(dirname(path)) ?? dirname(path), basename(path));
  return linkedPaths(commonDir).includes(wanted) ? wanted : undefined;
}

function entryOf(commonDir: string, path: string): string | undefined {
  const registered = registeredPath(commonDir, path);
  return linkedEntries(commonDir).find((one) => one.path === registered)?.entry;
}

function linkedPaths(commonDir: string): string[] {
  return linkedEntries(commonDir).map(({ path }) => path);
}

async function exclude(commonDir: string, pattern: string): Promise<void> {
  const path = join(commonDir, "info", "exclude");
  const text = readText(path);
  if (text?.split("\n").includes(pattern) === true) return;
  // Appended in one write, so that two at a time at worst leave the line twice.
  const gap = text === undefined || text === "" || text.endsWith("\n") ? "" : "\n";
  await appendText(path, `${gap}${pattern}\n`);
}
