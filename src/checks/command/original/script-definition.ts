import { posix } from "node:path";
import {
  type CheckDefinition,
  checkOfPart,
  defaultTimeout,
  type DefinitionSource,
  type Runner,
  type TreeReader,
} from "../definition.ts";
import type { Choice } from "./choose-script.ts";
import type { GateFiles } from "./gate-files.ts";

/** What a script is the check of. */
export interface ScriptedCheck {
  readonly check: string;
  /** "" = the whole project. */
  readonly folder: string;
  readonly type: string;
}

/** The definition of a check by a choice that was made for it. */
export async function scriptDefinition(
  gates: GateFiles,
  tree: TreeReader,
  { check, folder, type }: ScriptedCheck,
  choice: Choice,
): Promise<CheckDefinition> {
  if ("none" in choice) return { check, source: originalSource(gates, choice.file), none: choice.none };
  if ("problem" in choice) return failing(gates, check, choice.file, choice.problem);
  const isTests = ["tests", "tests_full"].includes(checkOfPart(check));
  return {
    check,
    source: originalSource(gates, choice.script),
    run: {
      kind: "script",
      path: choice.script,
      files: gates.files,
      instead: await commandInstead(checkOfPart(check), type, folder, tree),
    },
    runner: isTests ? (runners[type] ?? "unknown") : "unknown",
    report: { kind: isTests ? "asked" : "none" },
    minTests: 1,
    allowSkipped: undefined,
    timeoutMs: defaultTimeout,
    logLimit: undefined,
    isTests,
    proveRegression: true,
    // Without it the script may test the code of another checkout that is installed in the shared interpreter.
    env: type === "python" ? { PYTHONPATH: await pythonPath(folder, tree) } : {},
    folder,
    inputs: undefined,
    retries: 0,
  };
}

/** A check that fails, and why. */
export function failing(
  gates: GateFiles,
  check: string,
  file: string,
  unrecognised: string,
): CheckDefinition {
  return { check, source: originalSource(gates, file), unrecognised };
}

/** A source among the original's files. */
export function originalSource({ branch }: GateFiles, file: string): DefinitionSource {
  return { kind: "original", file, branch };
}

const runners: Readonly<Record<string, Runner>> = {
  python: "pytest",
  javascript: "node",
  rust: "cargo",
  go: "go",
};

const commands: Readonly<Record<string, string>> = {
  python: "python3 -m pytest",
  rust: "cargo test",
  go: "go test ./...",
};

/** The command behind the script, for which calm could ask by itself. */
async function commandInstead(
  check: string,
  type: string,
  folder: string,
  tree: TreeReader,
): Promise<string> {
  if (check !== "tests") return "the command";
  if (type !== "javascript") return commands[type] ?? "the command";
  const text = (await tree.read(posix.join(folder, "package.json"))) ?? "";
  if (text.includes('"vitest"')) return "npx vitest run";
  return text.includes('"jest"') ? "npx jest" : "npm test";
}

/** Where the imports of a Python project are to be found, below the folder. */
async function pythonPath(folder: string, tree: TreeReader): Promise<string> {
  const names = await tree.list(posix.join(folder, "src"));
  const isLayout = names.some((name) => /\/$|\.py$/.test(name)) && !names.includes("__init__.py");
  return isLayout ? "src" : ".";
}
