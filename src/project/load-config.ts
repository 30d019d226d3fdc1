import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { emptyConfig, type ProjectConfig } from "../model/config.ts";
import { lookAt, readTextIfThere } from "../system/files.ts";

/** Where a project keeps its configuration. */
export const configPath = ".calm/config.yaml";

const mostBytes = 1 << 20;

/** The configuration that counts, and the commit it was read from. */
export interface LoadedConfig {
  readonly config: ProjectConfig;
  /** Short name of the default branch. */
  readonly branch: string;
  /** Tip of the default branch. */
  readonly tip: string;
  readonly configured: boolean;
}

/** Reads the configuration from the tip of the default branch, so that no task branch can weaken its own gate. */
export async function loadConfig(context: Context): Promise<LoadedConfig> {
  const git = await context.git();
  const guess = await git.defaultBranch();
  const first = await readAt(context, guess);
  if (first.config.default_branch === undefined || first.config.default_branch === guess) return first;
  return readAt(context, await git.defaultBranch(first.config.default_branch));
}

async function readAt(context: Context, branch: string): Promise<LoadedConfig> {
  const git = await context.git();
  const tip = await git.commitOf(`refs/heads/${branch}`);
  if (tip === undefined) {
    throw new Failure("unborn_branch", `The branch ${branch} has no commit yet`, {
      hint: 'Make the first one: git commit --allow-empty -m "First commit"',
    });
  }
  const text = await git.readFile(tip, configPath);
  if (text === undefined) return { config: emptyConfig, branch, tip, configured: false };
  const { parseConfig } = await import("./parse-config.ts");
  return { config: parseConfig(text, `${configPath} (${branch})`), branch, tip, configured: true };
}

/** What of the configuration exists only where gates do not look: uncommitted, or on the task's branch. */
export async function unmergedConfig(
  context: Context,
  loaded: LoadedConfig,
  head: string | undefined,
  worktree: string | undefined,
): Promise<string | undefined> {
  const git = await context.git();
  const counts = await git.blobOf(loaded.tip, configPath);
  if (head !== undefined && (await git.blobOf(head, configPath)) !== counts) {
    return `${configPath} differs on the task's branch; gates read the one on ${loaded.branch}, it takes effect once merged`;
  }
  const root = worktree ?? (await context.project()).root;
  if ((await context.project()).bare && worktree === undefined) return undefined;
  // What lies there is mostly what counts, and a look at the file is cheaper than a git.
  if (await holds(join(root, configPath), await git.readFile(loaded.tip, configPath))) return undefined;
  if ((await git.dirtyAmong(root, [configPath])).length === 0) return undefined;
  return `${configPath} has uncommitted changes in ${root}; gates read the one committed on ${loaded.branch}`;
}

/** Whether a path holds exactly this text (undefined = there is nothing). */
async function holds(path: string, text: string | undefined): Promise<boolean> {
  const stats = lookAt(path);
  if (stats?.isFile() !== true) return stats === undefined && text === undefined;
  return text !== undefined && stats.size < mostBytes && (await readTextIfThere(path)) === text;
}
