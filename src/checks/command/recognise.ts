import { basename } from "node:path/posix";
import type { CommandLine, Runner, TreeReader } from "./definition.ts";
import { type PackageFacts, readPackage, scriptCall } from "./package-scripts.ts";
import { simpleCommands } from "./shell-line.ts";
import { commandOfTarget } from "./targets.ts";

/** A test runner behind a command. */
export interface RecognisedRunner {
  readonly runner: Runner;
  /** The runner's own command line, for options that are given already. */
  readonly words: readonly string[];
  /** Words that must stand before further words for the runner (npm's `--`, once for each script). */
  readonly separators: readonly string[];
  /** Set where no words can be handed to the runner, only variables: behind a target of make or just. */
  readonly closed?: true;
}

const unknown: RecognisedRunner = { runner: "unknown", words: [], separators: [] };
const deepestScript = 8;

/** Tells which runner a command ends in, through the scripts of the tree's package.json. */
export async function recogniseRunner(run: CommandLine, tree: TreeReader): Promise<RecognisedRunner> {
  if (run.kind === "script") return unknown; // what it starts is its own affair
  const facts = await readPackage(tree);
  const target = await commandOfTarget(run, tree);
  if (target !== undefined) return { ...inLine(target, facts, [], 0), closed: true };
  return run.kind === "argv" ? inWords(run.argv, facts, [], 0) : inLine(run.line, facts, [], 0);
}

function inLine(
  line: string,
  facts: PackageFacts | undefined,
  separators: readonly string[],
  depth: number,
): RecognisedRunner {
  const commands = simpleCommands(line);
  const last = commands?.at(-1);
  if (!commands || !last || depth > deepestScript) return unknown; // scripts may call each other
  // In another folder the scripts are those of another package.json.
  const moved = commands.some(({ words }) => words[0] === "cd" || words[0] === "pushd");
  return inWords(last.words, moved ? undefined : facts, separators, depth);
}

function inWords(
  words: readonly string[],
  facts: PackageFacts | undefined,
  separators: readonly string[],
  depth: number,
): RecognisedRunner {
  const call = facts && scriptCall(words, facts);
  if (!call) return { runner: runnerOf(words), words, separators };
  return inLine(facts.scripts[call.script] ?? "", facts, [...separators, ...call.separator], depth + 1);
}

const wrappers: Readonly<Record<string, RegExp>> = {
  exec: /^$/,
  env: /^-|=/,
  "cross-env": /^-|=/,
  npx: /^(-y|--yes|--no|--no-install)$/,
  bunx: /^(--bun|--no-install)$/,
  c8: /^--?[\w-]+(=.*)?$/,
  nyc: /^--?[\w-]+(=.*)?$/,
  time: /^-p$/,
};

const wrapperVerbs: Readonly<Record<string, readonly string[]>> = {
  pnpm: ["exec"],
  yarn: ["run", "exec"],
  bun: ["run", "x"],
  uv: ["run"],
  poetry: ["run"],
  pipenv: ["run"],
  bundle: ["exec"],
};

/** The runner that a simple command starts. */
function runnerOf(words: readonly string[]): Runner {
  const [first = "", ...rest] = words;
  const program = basename(first).replace(/^(mvn|gradle)w$/, "$1"); // the project's own copy of the tool
  const skip = wrappers[program];
  if (skip) return runnerOf(rest.slice(indexAfter(rest, (word) => skip.test(word))));
  if (wrapperVerbs[program]?.includes(rest[0] ?? "")) {
    return runnerOf(
      rest.slice(1 + indexAfter(rest.slice(1), (word) => /^--[\w-]+$/.test(word) || word === "--")),
    );
  }
  if (program === "yarn" || program === "pnpm") return runnerOf(rest);
  if (/^python(\d(\.\d+)?)?$/.test(program)) return pythonModule(rest);
  if (program === "coverage" && rest[0] === "run") return pythonModule(rest);
  if (program === "node" || program === "tsx") return nodeProgram(rest);
  if (program === "sh" && /(^|\/)(mvn|gradle)w$/.test(rest[0] ?? "")) return runnerOf(rest);
  const byVerb = verbs[program];
  if (byVerb) return byVerb(rest);
  return programs[program] ?? "unknown";
}

const programs: Readonly<Record<string, Runner>> = {
  vitest: "vitest",
  "vitest.mjs": "vitest",
  jest: "jest",
  "jest.js": "jest",
  mocha: "mocha",
  "mocha.js": "mocha",
  ava: "ava",
  pytest: "pytest",
  "py.test": "pytest",
  phpunit: "phpunit",
  "phpunit.phar": "phpunit",
  pest: "phpunit", // it takes phpunit's options
  paratest: "phpunit",
  rspec: "rspec",
  bats: "bats",
};

const mavenPhase = /^(test|prepare-package|package|(pre-|post-)?integration-test|verify|install|deploy)$/;
const gradleTask = /^(:?[\w.-]+:)*(test(?!Classes$)\w*|\w+Test|check|build)$/;

/** Programs that are a runner only with certain words. */
const verbs: Readonly<Record<string, (words: readonly string[]) => Runner>> = {
  cargo: (words) => {
    const [verb, next] = words.filter((word) => !word.startsWith("+"));
    if (verb === "nextest") return next === "run" || next === "r" ? "nextest" : "unknown";
    return verb === "test" || verb === "t" ? "cargo" : "unknown";
  },
  go: ([verb]) => (verb === "test" ? "go" : "unknown"),
  mvn: (words) => (words.some((word) => mavenPhase.test(word)) ? "maven" : "unknown"),
  gradle: (words) => (words.some((word) => gradleTask.test(word)) ? "gradle" : "unknown"),
  php: phpProgram,
  ruby: ([script, ...rest]) => (script === "-S" ? runnerOf(rest) : "unknown"),
  rake: (words) => {
    const tasks = words.filter((word) => !/^-|=/.test(word));
    if (tasks.length !== 1) return "unknown"; // the default task may be anything
    return /^spec(:|$)/.test(tasks[0] ?? "")
      ? "rspec"
      : /^test(:|$)/.test(tasks[0] ?? "")
        ? "minitest"
        : "unknown";
  },
  "manage.py": djangoCommand,
  rails: ([verb]) => (verb === "test" || verb === "t" ? "minitest" : "unknown"),
};

function phpProgram(words: readonly string[]): Runner {
  const takesValue = (word: string | undefined): boolean => word === "-d" || word === "-c";
  const index = words.findIndex((word, at) => !word.startsWith("-") && !takesValue(words[at - 1]));
  const script = basename(words[index] ?? "");
  if (script === "artisan") return words[index + 1] === "test" ? "phpunit" : "unknown";
  return programs[script] === "phpunit" ? "phpunit" : "unknown";
}

function pythonModule(words: readonly string[]): Runner {
  const module = words[words.indexOf("-m") + 1];
  if (!words.includes("-m")) {
    const script = words.findIndex((word) => !word.startsWith("-"));
    return basename(words[script] ?? "") === "manage.py" ? djangoCommand(words.slice(script + 1)) : "unknown";
  }
  return module === "pytest" || module === "unittest" ? module : "unknown";
}

// Django's runner is unittest's.
function djangoCommand([verb]: readonly string[]): Runner {
  return verb === "test" ? "unittest" : "unknown";
}

function nodeProgram(words: readonly string[]): Runner {
  if (words.includes("--test")) return "node";
  const script = words.find((word) => !word.startsWith("-"));
  return programs[basename(script ?? "")] ?? "unknown";
}

function indexAfter(words: readonly string[], belongs: (word: string) => boolean): number {
  const index = words.findIndex((word) => !belongs(word));
  return index < 0 ? words.length : index;
}
