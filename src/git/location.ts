import { readFileSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { isYes, readSetting } from "./config-text.ts";
import { gitEnvironment, type Variables } from "./environment.ts";
import { readText, realPath } from "./local-files.ts";
import { type Arguments, runGit } from "./run-git.ts";
import { shellQuote } from "../model/shell-quote.ts";
import { lookAt, pathExists } from "../system/files.ts";

/** Where a directory stands in a repository; every path is absolute and without symbolic links. */
export interface Location {
  /** What all worktrees of the repository share. */
  readonly commonDir: string;
  /** The git directory of this one working tree. */
  readonly gitDir: string;
  /** The working tree around the directory; undefined in a bare repository and inside of `.git`. */
  readonly worktree: string | undefined;
  /** The main working tree; undefined for a bare repository and where git does not know it either. */
  readonly root: string | undefined;
  readonly bare: boolean;
}

/** The repository around a directory, as git would find it, but without GIT_DIR and without starting git. */
export async function locateRepository(cwd: string, env: Variables): Promise<Location | undefined> {
  const start = realPath(cwd);
  for (let folder = start; folder !== undefined; folder = parentOf(folder)) {
    const dotGit = join(folder, ".git");
    const gitDir = gitDirAt(dotGit);
    if (gitDir !== undefined) return describe(gitDir, folder, env);
    if (isGitDir(folder)) return describe(folder, undefined, env);
  }
  return undefined;
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : parent;
}

async function describe(gitDir: string, worktree: string | undefined, env: Variables): Promise<Location> {
  const commonDir = commonDirOf(gitDir);
  const bare = isBare(commonDir);
  // A `.git` file that leads straight to a bare repository makes a folder of worktrees, no working tree.
  const isWorktree = worktree !== undefined && !(bare && gitDir === commonDir);
  const found = gitDir === commonDir ? worktree : undefined;
  const root = bare ? undefined : ((await mainWorktree(commonDir, env)) ?? found);
  return { commonDir, gitDir, worktree: isWorktree ? worktree : undefined, root, bare };
}

/** The git directory that a `.git` stands for: itself, or what its text names; undefined where it is none. */
export function gitDirAt(dotGit: string): string | undefined {
  const stat = lookThrough(dotGit);
  if (stat?.isDirectory() === true) return isGitDir(dotGit) ? realpathSync(dotGit) : undefined;
  if (stat?.isFile() !== true) return undefined;
  const target = /^gitdir: (.+?)[\r\n]*$/s.exec(readFileSync(dotGit, "utf8"))?.[1];
  const gitDir = target === undefined ? undefined : realPath(resolve(dirname(dotGit), target));
  if (gitDir !== undefined && isGitDir(gitDir)) return gitDir;
  throw new Failure("not_a_repository", `${dotGit} leads to no git directory`, {
    hint: `git worktree repair ${shellQuote(dirname(dotGit))}   # in the main working tree`,
    details: { path: dotGit, target: target ?? null },
  });
}

/** What all worktrees share with a git directory. */
export function commonDirOf(gitDir: string): string {
  const text = readText(join(gitDir, "commondir"))?.trimEnd();
  return text === undefined ? gitDir : realpathSync(resolve(gitDir, text));
}

/** The main working tree of a repository that is not bare; undefined where its place is not written down. */
async function mainWorktree(commonDir: string, env: Variables): Promise<string | undefined> {
  if (basename(commonDir) === ".git") return dirname(commonDir);
  const config = join(commonDir, "config");
  if (readSetting(readText(config) ?? "", "core", "worktree") === undefined) return undefined;
  const args: Arguments = ["config", "--file", config, "-z", "--get", "core.worktree"];
  const answer = await runGit(args, { cwd: commonDir, env: gitEnvironment(env) });
  return realPath(resolve(commonDir, answer.stdout.toString("utf8").slice(0, -1)));
}

/** Whether a repository has no main working tree, by git's own setting. */
export function isBare(commonDir: string): boolean {
  const config = readText(join(commonDir, "config")) ?? "";
  const own = isYes(readSetting(config, "extensions", "worktreeconfig"))
    ? readSetting(readText(join(commonDir, "config.worktree")) ?? "", "core", "bare")
    : undefined;
  return isYes(own ?? readSetting(config, "core", "bare"));
}

/** git's own test: a HEAD, and objects and refs there or in the common directory. */
function isGitDir(folder: string): boolean {
  if (!pathExists(join(folder, "HEAD"))) return false;
  const common = readText(join(folder, "commondir"))?.trimEnd();
  const shared = common === undefined ? folder : resolve(folder, common);
  return ["objects", "refs"].every((name) => lookThrough(join(shared, name))?.isDirectory() === true);
}

/** What a path leads to; undefined for nothing, as below a file. */
function lookThrough(path: string): Stats | undefined {
  const seen = lookAt(path);
  if (seen?.isSymbolicLink() !== true) return seen;
  const place = realPath(path);
  return place === undefined ? undefined : lookAt(place);
}
