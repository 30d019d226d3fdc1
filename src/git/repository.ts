import { join } from "node:path";
import { markerVariable } from "../system/left-processes.ts";
import { ownIdentity, processMark } from "../system/process-identity.ts";
import type { ToolResult } from "../system/spawn.ts";
import { gitEnvironment, type Variables } from "./environment.ts";
import { rememberAnswers } from "./remember.ts";
import { ObjectReader } from "./object-reader.ts";
import { type Arguments, type Call, explainEnd, runGit, talkToGit } from "./run-git.ts";
import { type ErrandResult, runErrands } from "./run-in-each.ts";
import { findWorktreeGitDir, worktreeGitDir } from "./worktree-git-dir.ts";

/** What git is to do in one working tree: steps, each only when the one before went well. */
export interface TreeErrand {
  readonly worktree: string;
  readonly steps: readonly Arguments[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the first step reads. */
  readonly input?: string;
}

/** Where a repository lies and with what git is run. */
export interface RepositoryOptions {
  /** Common git directory, absolute, without symbolic links. */
  readonly commonDir: string;
  /** The main working tree where known; undefined for a bare repository. */
  readonly root?: string | undefined;
  readonly env: Variables;
  readonly signal?: AbortSignal | undefined;
}

/** A repository and the two ways to run git in it. */
export interface Repository {
  readonly commonDir: string;
  readonly root: string | undefined;
  readonly env: Variables;
  /** Reads objects by their ids. */
  readonly objects: ObjectReader;
  /** Runs git on objects, refs and configuration; no index and no checkout takes part. */
  run(args: Arguments, call?: Call): Promise<ToolResult>;
  /** Runs git in a working tree whose `.git` has been verified. */
  runIn(worktree: string, args: Arguments, call?: Call): Promise<ToolResult>;
  /** Runs git in many verified working trees at the cost of a few; exit code 128 for what is no working tree here. */
  runInEach(errands: readonly TreeErrand[]): Promise<ErrandResult[]>;
}

/** Laid over a call that works on a checkout's own index, which git finds by itself. */
export const ownIndex: Variables = { GIT_INDEX_FILE: undefined };

/** Configuration for writes that must outlive a power cut. */
export const durable: readonly string[] = ["core.fsync=all"];

const reading: Arguments = ["cat-file", "--batch-command", "-z"];

/** Opens a repository; nothing is read or started before it is asked. */
export function openRepository(options: RepositoryOptions): Repository {
  const { commonDir, root, signal } = options;
  const env = gitEnvironment(options.env);
  let mark: string | undefined;
  const marked = (): Variables => {
    // Read only now: most commands never start git.
    mark ??= [env[markerVariable] ?? [], processMark(ownIdentity())].flat().join(":");
    return { ...env, [markerVariable]: mark };
  };
  const start = (args: Arguments, place: Variables, call: Call): Promise<ToolResult> =>
    runGit(
      args,
      { ...call, cwd: call.cwd ?? commonDir, env: { ...marked(), ...place, ...call.env } },
      signal,
    );
  // The folder itself stands for the working tree, so that core.worktree cannot name another one.
  const place = {
    GIT_DIR: commonDir,
    GIT_WORK_TREE: commonDir,
    GIT_INDEX_FILE: join(commonDir, "no-index"),
  };
  const run = rememberAnswers((args, call) => start(args, place, call));
  return {
    commonDir,
    root,
    env,
    // It stays for a while, and must not look like a git at work in the repository's folders.
    objects: new ObjectReader({
      start: (listener) => talkToGit(reading, { cwd: "/", env: { ...marked(), ...place } }, listener, signal),
      explain: (end) => explainEnd(reading, { cwd: commonDir, env }, end, signal),
    }),
    run: (args, call = {}) => run(args, call),
    runIn: async (worktree, args, call = {}) => {
      const gitDir = worktreeGitDir({ commonDir, root }, worktree);
      return start(args, placeIn(commonDir, worktree, gitDir), { cwd: worktree, ...call });
    },
    runInEach: (errands) => runInTrees({ commonDir, root }, errands, marked(), signal),
  };
}

/** Where git is to find everything of a working tree, so that it need not look for it. */
function placeIn(commonDir: string, worktree: string, gitDir: string): Record<string, string> {
  const linked = gitDir !== commonDir && { GIT_COMMON_DIR: commonDir };
  return { GIT_DIR: gitDir, GIT_WORK_TREE: worktree, ...linked };
}

const notHere: ErrandResult = { exitCode: 128, stdout: Buffer.alloc(0), stderr: "not a working tree" };

async function runInTrees(
  known: Pick<Repository, "commonDir" | "root">,
  errands: readonly TreeErrand[],
  env: Variables,
  signal: AbortSignal | undefined,
): Promise<ErrandResult[]> {
  const dirs = errands.map(({ worktree }) => findWorktreeGitDir(known, worktree));
  const able = errands.flatMap(({ worktree, env: own, ...errand }, index) => {
    const gitDir = dirs[index];
    if (gitDir === undefined) return [];
    return { ...errand, cwd: worktree, env: { ...placeIn(known.commonDir, worktree, gitDir), ...own } };
  });
  const results = await runErrands(able, { cwd: "/", env }, signal);
  return dirs.map((dir) => (dir === undefined ? undefined : results.shift()) ?? notHere);
}
