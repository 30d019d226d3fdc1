import {
  type CheckDefinition,
  type CommandDefinition,
  type CommandLine,
  runsCommand,
  type TreeReader,
} from "./command/definition.ts";
import { readPackage } from "./command/package-scripts.ts";
import type { Setup } from "./command/setup.ts";
import { simpleCommands } from "./command/shell-line.ts";
import { installScripts, startedScripts } from "./command/started-scripts.ts";
import { textOfTarget } from "./command/targets.ts";
import { treeBelow } from "./command/tree-below.ts";

/** The scripts and targets that checks and setup start in a tree, with those that npm runs before and after; by check, or `setup`. */
export async function readScripts(
  checks: ReadonlyMap<string, CheckDefinition>,
  setup: Setup,
  tree: TreeReader,
): Promise<Map<string, string>> {
  const scripts = new Map<string, string>();
  const installed = setup.commands.length > 0 ? await installTexts(foldersOf(checks), tree) : [];
  if (installed.length > 0) scripts.set("setup", installed.join("; "));
  for (const definition of [...checks.values()].filter(runsCommand)) {
    const below = treeBelow(tree, definition.folder);
    const run = foreseenRun(definition);
    const facts = await readPackage(below);
    const texts = [...(facts ? startedScripts(run, facts) : []), ...(await targetTexts(run, below))];
    if (texts.length > 0) scripts.set(definition.check, texts.join("; "));
  }
  return scripts;
}

/** The folders that commands run in, the root among them. */
export function foldersOf(checks: ReadonlyMap<string, CheckDefinition>): string[] {
  return [...new Set(["", ...[...checks.values()].filter(runsCommand).map(({ folder }) => folder)])];
}

async function installTexts(folders: readonly string[], tree: TreeReader): Promise<string[]> {
  const packages = await Promise.all(folders.map((folder) => readPackage(treeBelow(tree, folder))));
  return packages.flatMap((facts) => (facts ? installScripts(facts) : []));
}

async function targetTexts(run: CommandLine, tree: TreeReader): Promise<string[]> {
  const commands = run.kind === "argv" ? [run.argv] : linesOf(run);
  const texts = await Promise.all(commands.map((words) => textOfTarget(words, tree)));
  return texts.filter((text) => text !== undefined);
}

function linesOf(run: Exclude<CommandLine, { kind: "argv" }>): (readonly string[])[] {
  return run.kind === "shell" ? (simpleCommands(run.line) ?? []).map(({ words }) => words) : [];
}

/** What a check starts as far as it can be foreseen. */
function foreseenRun({ run, isTests }: CommandDefinition): CommandLine {
  // The original's test scripts leave it to npm where they know no better, and the task's branch says what that is.
  return run.kind === "script" ? { kind: "argv", argv: isTests ? ["npm", "test"] : [] } : run;
}
