import type { Context } from "../context.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import {
  type CheckDefinition,
  partsOf,
  runsCommand,
  type TreeReader,
  type UnrecognisedCheck,
} from "./command/definition.ts";
import { type PackageFacts, readPackage, scriptCall } from "./command/package-scripts.ts";
import { type Setup, setupOf } from "./command/setup.ts";
import { simpleCommands } from "./command/shell-line.ts";
import { textOfTarget } from "./command/targets.ts";
import { treeBelow } from "./command/tree-below.ts";
import { findUnknownParts } from "./named-checks.ts";
import { treeReader } from "./tree-reader.ts";

/** The commands of a project: what its checks run, and what prepares a room for them. */
export interface ProjectCommands {
  readonly checks: ReadonlyMap<string, CheckDefinition>;
  readonly setup: Setup;
  /** What `npm run x` and the like start there, by check: approving the name alone would approve anything. */
  readonly scripts: ReadonlyMap<string, string>;
  /** The checks whose script the task's branch changes. */
  readonly changed: readonly string[];
  /** True when something of this is the branch's own, so that it has to be approved for the task. */
  readonly own: boolean;
  /** Told where detection had to look at a task's branch. */
  readonly note: string | undefined;
  /** Parts that the configuration demands although the project does not have them; they fail. */
  readonly unknown: ReadonlyMap<string, UnrecognisedCheck>;
}

/**
 * Finds the project's commands: the definitions on the default branch (on a task's branch only where that one has
 * nothing to detect), the scripts behind them and the setup where they will run.
 */
export async function resolveCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<ProjectCommands> {
  const found = await findCommands(context, loaded, head);
  return { ...found, unknown: await findUnknownParts(context, loaded, found.checks) };
}

async function findCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<Omit<ProjectCommands, "unknown">> {
  const git = await context.git();
  const main = await readCommands(loaded, treeReader(git, loaded.tip));
  if (head === loaded.tip) return { ...main, changed: [], own: false, note: undefined };
  const tree = treeReader(git, head);
  if (partsOf(main.checks, "tests").length > 0) {
    const unknown = [...main.checks.values()].some((one) => "unrecognised" in one);
    const checks = unknown ? withNew(main.checks, await commandChecks(loaded.config, tree)) : main.checks;
    const scripts = await readScripts(checks, tree);
    const changed = [...checks.keys()].filter((check) => scripts.get(check) !== main.scripts.get(check));
    const setup = await setupOf(loaded.config, tree, foldersOf(checks));
    const learned = [...checks.values()].some((one) => main.checks.get(one.check) !== one);
    const own = learned || changed.length > 0 || setup.commands.join("\n") !== main.setup.commands.join("\n");
    return { checks, scripts, setup, changed, own, note: noteOfChanges(changed) };
  }
  const branch = await readCommands(loaded, tree);
  const note =
    partsOf(branch.checks, "tests").length > 0
      ? `The commands were detected on the task's branch, because ${loaded.branch} has nothing to detect`
      : undefined;
  return { ...branch, changed: [], own: true, note };
}

function noteOfChanges(changed: readonly string[]): string | undefined {
  if (changed.length === 0) return undefined;
  return `The task's branch changes the script behind ${changed.join(", ")}; its merge needs a person's approval`;
}

async function readCommands(
  loaded: LoadedConfig,
  tree: TreeReader,
): Promise<Pick<ProjectCommands, "checks" | "scripts" | "setup">> {
  const checks = await commandChecks(loaded.config, tree);
  const setup = await setupOf(loaded.config, tree, foldersOf(checks));
  return { checks, scripts: await readScripts(checks, tree), setup };
}

/** The scripts and targets that checks start in a tree, with those that npm runs before and after. */
async function readScripts(
  checks: ProjectCommands["checks"],
  tree: TreeReader,
): Promise<Map<string, string>> {
  const scripts = new Map<string, string>();
  for (const { check, run, folder } of [...checks.values()].filter(runsCommand)) {
    const words = run.kind === "argv" ? [run.argv] : (simpleCommands(run.line) ?? []).map((one) => one.words);
    const below = treeBelow(tree, folder);
    const facts = await readPackage(below);
    const texts: string[] = [];
    for (const each of words) texts.push(...scriptTexts(each, facts), ...(await targetTexts(each, below)));
    if (texts.length > 0) scripts.set(check, texts.join("; "));
  }
  return scripts;
}

function scriptTexts(words: readonly string[], facts: PackageFacts | undefined): string[] {
  const name = facts && scriptCall(words, facts)?.script;
  if (name === undefined) return [];
  const all = [`pre${name}`, name, `post${name}`].map((one) => facts?.scripts[one]);
  return all.filter((text) => text !== undefined);
}

async function targetTexts(words: readonly string[], tree: TreeReader): Promise<string[]> {
  const text = await textOfTarget(words, tree);
  return text === undefined ? [] : [text];
}

/** The folders that commands run in, the root among them. */
function foldersOf(checks: ProjectCommands["checks"]): string[] {
  return [...new Set(["", ...[...checks.values()].filter(runsCommand).map(({ folder }) => folder)])];
}

/** What only a task's branch has learned to run: a command for a part that the default branch cannot run yet. */
function withNew(
  main: ProjectCommands["checks"],
  branch: ProjectCommands["checks"],
): ProjectCommands["checks"] {
  const checks = new Map(main);
  for (const [name, known] of main) {
    const found = branch.get(name);
    if ("unrecognised" in known && found && runsCommand(found)) checks.set(name, found);
  }
  return checks;
}
