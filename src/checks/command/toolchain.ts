import { createHash } from "node:crypto";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { arch, machine, platform } from "node:os";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { namesInNow } from "../../system/files-at-once.ts";
import { choosesVersion, chosenVersions, steeringVariables, timeOf } from "./chosen-versions.ts";
import type { CommandDefinition, CommandLine, Runner } from "./definition.ts";
import type { Variables } from "./environment.ts";
import { simpleCommands } from "./shell-line.ts";

/** What a toolchain's fingerprint is taken of. */
interface ToolchainFacts {
  readonly definition: CommandDefinition;
  /** The environment that the command gets. */
  readonly env: Variables;
  /** The folder that it runs in. */
  readonly room: string;
  /** The folder from which version files are looked for upwards; the room where absent. */
  readonly place?: string;
  /** Blob ids of the lock files at the commit, by path, and whatever else says what is installed. */
  readonly lockFiles: Readonly<Record<string, string>>;
  /** The simple commands of the scripts that the command starts. */
  readonly scripts?: string | undefined;
}

const interpreters: Readonly<Record<Runner, readonly string[]>> = {
  node: ["node"],
  vitest: ["node"],
  jest: ["node"],
  mocha: ["node"],
  pytest: ["python3"],
  unittest: ["python3"],
  ava: ["node"],
  cargo: ["cargo", "rustc"],
  nextest: ["cargo", "cargo-nextest", "rustc"],
  go: ["go"],
  maven: ["java"],
  gradle: ["java"],
  phpunit: ["php"],
  rspec: ["ruby"],
  minitest: ["ruby"],
  bats: ["bash", "bats"],
  unknown: ["node", "python3"],
};

/**
 * SHA-256 (hex) of the programs that would run now, what chooses their versions and steers them, the platform and the
 * lock files; only looks at files, starts nothing.
 */
export function toolchainFingerprint(facts: ToolchainFacts): string {
  const { definition, env, room, scripts, place = room } = facts;
  const behind = scripts === undefined ? [] : programsOf({ kind: "shell", line: scripts });
  const names = new Set([...programsOf(definition.run), ...behind, ...interpreters[definition.runner]]);
  const tools = [...names].sort().map((name) => describeTool(name, facts));
  const locks = Object.entries(facts.lockFiles).sort(([one], [other]) => (one < other ? -1 : 1));
  const steering = steeringVariables(env, room);
  const versions = tools.flat().some(choosesVersion) ? chosenVersions(env, place) : [];
  const text = JSON.stringify([platform(), arch(), machine(), tools, locks, steering, versions]);
  return createHash("sha256").update(text).digest("hex");
}

/** What the original's scripts look for, and do otherwise where it is missing. */
const scriptTools = ["bash", "sqlite3", "jq", "uv", "pytest", "ruff", "flake8", "mypy", "npx", "shellcheck"];

function programsOf(run: CommandLine): readonly string[] {
  if (run.kind === "script") return scriptTools;
  if (run.kind === "shell") return ["sh", ...programsIn(run.line)];
  const [program = "", option, line = ""] = run.argv;
  return program === "sh" && option === "-c" ? [program, ...programsIn(line)] : [program];
}

// In a line that only a shell understands, each word may be a program.
function programsIn(line: string): string[] {
  const commands = simpleCommands(line);
  if (commands) return commands.flatMap(({ words }) => words.slice(0, 1));
  return line.split(/[\s;|&(){}]+/).filter((word) => /^[A-Za-z][\w.-]*$/.test(word));
}

function describeTool(name: string, search: ToolchainFacts): readonly string[] {
  const found = findProgram(name, search);
  if (found === undefined) return [name, "none"];
  const path = realpathSync.native(found);
  const inside = relative(realpathSync.native(search.room), path);
  // What lies in the room is given by its commit and lock files; its times differ from room to room.
  if (!inside.startsWith("..")) return [name, inside];
  const { size, mtimeNs } = statSync(path, { bigint: true });
  const facts = [name, found, path, String(size), String(mtimeNs)];
  return [...facts, ...environmentOf(found)];
}

/** Of a program in a virtual environment: which environment, and when a package was last added or taken away. */
function environmentOf(program: string): string[] {
  const root = dirname(dirname(program));
  const made = timeOf(join(root, "pyvenv.cfg"));
  if (made === "none") return [];
  const lib = join(root, "lib");
  const versions = namesInNow(lib); // a half-made one has none
  return [made, ...versions.map((one) => timeOf(join(lib, one, "site-packages")))];
}

function findProgram(name: string, { env, room }: ToolchainFacts): string | undefined {
  const folders = name.includes("/") ? [""] : (env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    const path = resolve(room, join(folder, name));
    if (isProgram(path)) return path;
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    // Most folders have no such name, which is told without an error.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent, or not for us
  }
}
