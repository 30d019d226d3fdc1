import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commands } from "../../src/cli/commands/index.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { createContext, type World as ContextWorld } from "../../src/create-context.ts";
import { demo } from "../../src/demo/index.ts";
import { operations } from "../../src/operations/index.ts";
import { fillFolder } from "./template.ts";
import { fakeTerminal, type FakeTerminalOptions } from "./fake-terminal.ts";

/** What one command line printed. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** How one command line is run. */
export interface RunOptions extends FakeTerminalOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Typed once a prompt is there. */
  readonly typed?: string;
  readonly signal?: AbortSignal;
}

/** A repository and a CALM_HOME of their own, with a clock and ids that repeat. */
export interface World {
  readonly folder: string;
  readonly repository: string;
  readonly env: Readonly<Record<string, string>>;
  calm(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The data of `--json`; fails unless the command exits 0 or 1. */
  json(argv: readonly string[], options?: RunOptions): Promise<Record<string, unknown>>;
  git(args: readonly string[], cwd?: string): string;
  write(path: string, text: string, root?: string): void;
  /** Writes files in a working tree and commits everything there. */
  commit(files: Readonly<Record<string, string>>, message: string, root?: string): string;
  worktree(task: string): string;
}

// Memory where there is some: creating and deleting many files on a disk costs milliseconds each.
const scratch = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const folders: string[] = [];

/** Removes what was made so far; the setup of the tests calls it after each file. */
export function removeScratchFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A folder that is gone after the tests of the file. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(scratch, "calm-test-")));
  folders.push(folder);
  return folder;
}

/** The files of a small JavaScript project whose tests run by `node --test`. */
export const smallProject: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "small", version: "1.0.0", scripts: { test: "node --test" } }, null, 2)}\n`,
  "src/add.js": "exports.add = (a, b) => a + b;\n",
  "test/add.test.js":
    'const { test } = require("node:test");\nconst assert = require("node:assert");\nconst { add } = require("../src/add.js");\ntest("adds", () => assert.equal(add(1, 2), 3));\n',
  "README.md": "# small\n",
};

/** No person has to approve, and lint and types do not apply: what most tests of gates want. */
export const easyConfig = `version: 1
gates:
  SPEC-DESIGN: { approval: none }
  DESIGN-IMPLEMENT: { approval: none }
checks:
  lint: { none: "the fixture has no linter" }
  types: { none: "plain JavaScript" }
`;

/** Makes a world; `files` are its first commit on main. */
export function createWorld(
  files: Readonly<Record<string, string>> = { ...smallProject, ".calm/config.yaml": easyConfig },
): World {
  const folder = scratchFolder();
  const repository = join(folder, "repo");
  mkdirSync(repository);
  mkdirSync(join(folder, "home"));
  const world = worldAt(folder, repository, hermetic(folder));
  const committed = Object.keys(files).length > 0;
  const made = fillFolder(repository, JSON.stringify(files), () => {
    world.git(["init", "--quiet", "--initial-branch=main"]);
    if (committed) world.commit(files, "First commit");
  });
  // The index knows its files by number and time, and what is written again has others.
  if (!made && committed) world.git(["update-index", "-q", "--refresh"]);
  return world;
}

function hermetic(folder: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: join(folder, "home"),
    CALM_HOME: join(folder, "calm-home"),
    TMPDIR: process.env["TMPDIR"] ?? scratch,
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.org",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.org",
    GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  };
}

function worldAt(folder: string, repository: string, env: Record<string, string>): World {
  let ids = 0;
  let minutes = 0;
  const contextWorld = (cwd: string, own: Readonly<Record<string, string | undefined>>): ContextWorld => ({
    ...{ env: own, cwd, user: "ann", host: "here", cores: 2 },
    now: () => new Date(Date.UTC(2026, 0, 1) + 60_000 * minutes),
    unique: () => String(++ids).padStart(10, "0"),
  });
  const git = (args: readonly string[], cwd = repository): string =>
    execFileSync("git", [...args], {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  const write = (path: string, text: string, root = repository): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const calm = async (argv: readonly string[], options: RunOptions = {}): Promise<Ran> => {
    // The clock stands still within a command, so that goldens do not depend on how often it is read.
    minutes += 1;
    const terminal = fakeTerminal(options);
    const all = { ...env, ...options.env };
    const context = contextWorld(options.cwd ?? repository, all);
    if (options.typed !== undefined) {
      const { typed } = options;
      const timer = setInterval(() => {
        // Prompts throw away what was typed before they asked.
        if (!terminal.err().includes("Type ") && !terminal.err().includes("?")) return;
        clearInterval(timer);
        terminal.stdin.write(typed);
      }, 20);
    }
    const exitCode = await runCli(argv, {
      ...{
        operations,
        commands: [
          ...commands,
          demo((own, at) => (request) => createContext(contextWorld(at, { ...own }), request)),
        ],
        terminal,
        env: all,
        version: "0.0.0-test",
      },
      openContext: (request) => createContext(context, request),
      signal: options.signal ?? new AbortController().signal,
      reportBug: (error) => {
        throw error;
      },
    });
    return { exitCode, out: terminal.out(), err: terminal.err() };
  };
  return {
    ...{ folder, repository, env, calm, git, write },
    json: async (argv, options) => {
      const ran = await calm([...argv, "--json"], options);
      const document = JSON.parse(ran.out) as { ok: boolean; data: Record<string, unknown> };
      if (!document.ok) throw new Error(`${argv.join(" ")}: ${ran.out}`);
      return document.data;
    },
    commit: (files, message, root = repository) => {
      for (const [path, text] of Object.entries(files)) write(path, text, root);
      git(["add", "--all"], root);
      git(["-c", "maintenance.auto=false", "commit", "--quiet", "--message", message], root);
      return git(["rev-parse", "HEAD"], root);
    },
    worktree: (task) => join(repository, ".worktrees", task),
  };
}

/** Copies a repository as `cp -r` does. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
