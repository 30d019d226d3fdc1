import { basename, posix } from "node:path";
import type { CommandLine } from "./definition.ts";
import { simpleCommands } from "./shell-line.ts";

/** One program that a check starts. */
export interface StartedProgram {
  readonly words: readonly string[];
  /** Folder below the room that it is started in; "" = the room. */
  readonly folder: string;
  /** Which languages' installs it may use; what calm does not know may use any. */
  readonly uses: readonly ("node" | "python")[];
  /** True when node_modules/.bin of the folders above is searched for it, as package managers do. */
  readonly fromPackages: boolean;
}

const node =
  /^(node|npm|npx|pnpm|pnpx|yarn|bun|bunx|deno|vitest|jest|mocha|ava|tsc|tsx|ts-node|eslint|biome|prettier|c8|nyc|cross-env)$/;
const python = /^(python[\d.]*|pytest|py\.test|coverage|uv|uvx|poetry|pipenv|pdm|nox|tox|hatch|pixi)$/;
// They read the code without importing it, or have nothing to do with either language.
const neither =
  /^(ruff|flake8|black|isort|mypy|pyright|true|false|test|\[|echo|printf|cd|exit|export|set|mkdir|rm|cp|touch|cat|ls|grep|git|cargo|rustc|go|gofmt|golangci-lint|mvn|gradle|java|php|phpunit|ruby|rspec|bundle|rake|shellcheck|bats)$/;

/** The programs that a check starts: its own line's, and those of the scripts of package.json behind it. */
export function startedPrograms(
  run: CommandLine,
  folder: string,
  scripts: string | undefined,
): StartedProgram[] {
  const own = run.kind === "argv" ? [{ words: run.argv }] : foreseen(run);
  const behind = scripts === undefined ? [] : simpleCommands(scripts);
  return [...inFolders(own, folder, false), ...inFolders(behind, folder, true)];
}

/** A gate script of the original's may start anything, as a line may that only a shell can read. */
function foreseen(run: Exclude<CommandLine, { kind: "argv" }>): ReturnType<typeof simpleCommands> {
  return run.kind === "shell" ? simpleCommands(run.line) : undefined;
}

/** Simple commands one after the other; `cd` moves those behind it. */
function inFolders(
  commands: readonly { readonly words: readonly string[] }[] | undefined,
  start: string,
  fromPackages: boolean,
): StartedProgram[] {
  // A line that only a shell can read.
  if (!commands) return [{ words: ["sh"], folder: start, uses: ["node", "python"], fromPackages: false }];
  const started: StartedProgram[] = [];
  let folder = start;
  for (const { words } of commands) {
    const [program = "", argument = ""] = words;
    if (program === "cd") folder = posix.join(folder, argument).replace(/^\.$|\/+$/, "");
    else started.push({ ...unwrapped(words, fromPackages), folder });
  }
  return started;
}

const wrappers = /^(npx|bunx|pnpx|exec|env|time|cross-env|c8|nyc)$/;

function unwrapped(words: readonly string[], fromPackages: boolean): Omit<StartedProgram, "folder"> {
  const program = basename(words[0] ?? "");
  if (wrappers.test(program)) {
    const rest = words.slice(1);
    const at = rest.findIndex((word) => !word.startsWith("-") && !/^\w+=/.test(word));
    const through = fromPackages || /^(npx|bunx|pnpx)$/.test(program);
    if (at >= 0) return unwrapped(rest.slice(at), through);
  }
  return { words, uses: usesOf(program), fromPackages };
}

function usesOf(program: string): StartedProgram["uses"] {
  if (node.test(program)) return ["node"];
  if (python.test(program)) return ["python"];
  return neither.test(program) ? [] : ["node", "python"];
}
