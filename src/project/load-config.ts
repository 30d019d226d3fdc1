import { join } from "node:path";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { emptyConfig, type ProjectConfig } from "../model/config.ts";
import { hasShapeOf } from "../model/has-shape-of.ts";
import { lookAt } from "../system/files.ts";
import { readTextNow } from "../system/files-at-once.ts";
import { edition, recall, remember } from "./commit-memory.ts";

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

/** What a commit says: its configuration, null where it has none. */
type ReadConfig = (context: Context, commit: string, branch: string) => Promise<ProjectConfig | null>;

/** Reads the configuration from the tip of the default branch, so that no task branch can weaken its own gate. */
export async function loadConfig(context: Context): Promise<LoadedConfig> {
  return loadBy(context, recallConfig);
}

/** The same without calm's memory, which may be what is looked into. */
export async function loadConfigFromGit(context: Context): Promise<LoadedConfig> {
  return loadBy(context, readConfig);
}

async function loadBy(context: Context, read: ReadConfig): Promise<LoadedConfig> {
  const git = await context.git();
  const guess = await git.defaultBranch();
  const first = await readTip(context, guess, read);
  if (first.config.default_branch === undefined || first.config.default_branch === guess) return first;
  return readTip(context, await git.defaultBranch(first.config.default_branch), read);
}

async function readTip(context: Context, branch: string, read: ReadConfig): Promise<LoadedConfig> {
  const git = await context.git();
  const tip = await git.commitOf(`refs/heads/${branch}`);
  if (tip === undefined) {
    throw new Failure("unborn_branch", `The branch ${branch} has no commit yet`, {
      hint: 'Make the first one: git commit --allow-empty -m "First commit"',
    });
  }
  const config = await read(context, tip, branch);
  return { config: config ?? emptyConfig, branch, tip, configured: config !== null };
}

/** A commit never changes, so its configuration is read and parsed once; one with a mistake each time. */
async function recallConfig(context: Context, commit: string, branch: string): Promise<ProjectConfig | null> {
  const subject = `config ${edition}`;
  const known = await recall(context, commit, subject, isConfig);
  if (known !== undefined) return known;
  const config = await readConfig(context, commit, branch);
  await remember(context, commit, { [subject]: config });
  return config;
}

function isConfig(value: unknown): value is ProjectConfig | null {
  return value === null || hasShapeOf(emptyConfig, value);
}

async function readConfig(context: Context, commit: string, branch: string): Promise<ProjectConfig | null> {
  const text = await (await context.git()).readFile(commit, configPath);
  if (text === undefined) return null;
  const { parseConfig } = await import("./parse-config.ts");
  return parseConfig(text, `${configPath} (${branch})`);
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
  if (holds(join(root, configPath), await git.readFile(loaded.tip, configPath))) return undefined;
  if ((await git.dirtyAmong(root, [configPath])).length === 0) return undefined;
  return `${configPath} has uncommitted changes in ${root}; gates read the one committed on ${loaded.branch}`;
}

/** Whether a path holds exactly this text (undefined = there is nothing). */
function holds(path: string, text: string | undefined): boolean {
  const stats = lookAt(path);
  if (stats?.isFile() !== true) return stats === undefined && text === undefined;
  return text !== undefined && stats.size < mostBytes && readTextNow(path) === text;
}
