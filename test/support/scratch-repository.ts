import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { fillFolder } from "./template.ts";

/** A real repository of one test, with an environment that knows nothing of the developer. */
export interface ScratchRepository {
  /** A folder of the test's own, without symbolic links; removed afterwards. */
  readonly folder: string;
  /** The main working tree, below the folder. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs git in the main working tree, or in the folder given, and gives its output without the last line break. */
  readonly git: (args: readonly string[], cwd?: string) => string;
  readonly write: (path: string, text: string | Buffer) => void;
  /** Writes files, commits everything and gives the commit. */
  readonly commit: (message: string, files?: Readonly<Record<string, string>>, cwd?: string) => string;
}

/** Makes a repository with the branch main and, unless told otherwise, one commit. */
export function scratchRepository(
  options: { empty?: boolean; init?: readonly string[] } = {},
): ScratchRepository {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(join(parent, "calm-git-test-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const root = join(folder, "repo");
  const env = hermeticEnvironment(folder);
  const git = (args: readonly string[], cwd = root): string =>
    execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).replace(
      /\n$/,
      "",
    );
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const commit = (message: string, files: Readonly<Record<string, string>> = {}, cwd = root): string => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
    git(["add", "-A"], cwd);
    git(["-c", "maintenance.auto=false", "commit", "--quiet", "--allow-empty", "-m", message], cwd);
    return git(["rev-parse", "HEAD"], cwd);
  };
  mkdirSync(join(folder, "home"));
  mkdirSync(root);
  const made = fillFolder(root, `scratch ${JSON.stringify(options)}`, () => {
    git(["init", "--quiet", "--initial-branch=main", ...(options.init ?? [])]);
    if (options.empty !== true) commit("First commit", { "README.md": "hello\n" });
  });
  if (!made && options.empty !== true) git(["update-index", "-q", "--refresh"]);
  return { folder, root, env, git, write, commit };
}

function hermeticEnvironment(folder: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: join(folder, "home"),
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.com",
    GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.com",
    GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  };
}
