import type { Context } from "../context.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import {
  type CheckDefinition,
  type CommandDefinition,
  type CommandLine,
  partsOf,
  runsCommand,
  type TreeReader,
} from "./command/definition.ts";
import { type GateFiles, readGateFiles } from "./command/original/gate-files.ts";
import { originalChecks, type OriginalChecks } from "./command/original/original-checks.ts";
import { readPackage } from "./command/package-scripts.ts";
import { installScripts, startedScripts } from "./command/started-scripts.ts";
import { type Setup, setupOf } from "./command/setup.ts";
import { treeBelow } from "./command/tree-below.ts";
import { treeReader } from "./tree-reader.ts";

/** The commands of a project: what its checks run, and what prepares a room for them. */
export interface ProjectCommands {
  readonly checks: ReadonlyMap<string, CheckDefinition>;
  readonly setup: Setup;
  /** What `npm run x` and the like start there, by check or `setup`: approving the name alone would approve anything. */
  readonly scripts: ReadonlyMap<string, string>;
  /** The checks, or `setup`, whose script the task's branch changes. */
  readonly changed: readonly string[];
  /** Checks that the original's `extra_checks` adds to the gates of code. */
  readonly extra: readonly string[];
  /** True when something of this is the branch's own, so that it has to be approved for the task. */
  readonly own: boolean;
  /** Told where detection had to look at a task's branch. */
  readonly note: string | undefined;
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
  const git = await context.git();
  const tip = treeReader(git, loaded.tip);
  // The original's gate scripts count as the default branch has them, and never as a task's branch does.
  const gates = await readGateFiles(git, loaded.tip, loaded.branch, tip);
  const original = gates && (await originalChecks(gates, tip));
  const extra = original?.extra ?? [];
  const main = { ...(await readCommands(loaded, tip, original)), extra };
  const notes = original?.notes ?? [];
  if (head === loaded.tip) return { ...main, changed: [], own: false, note: joined(notes) };
  const tree = treeReader(git, head);
  const moved = noteOfGates(loaded.branch, gates, await readGateFiles(git, head, loaded.branch, tree));
  if (partsOf(main.checks, "tests").length > 0) {
    const setup = await setupOf(loaded.config, tree);
    const scripts = await readScripts(main.checks, setup, tree);
    const changed = [...main.checks.keys(), "setup"].filter(
      (check) => scripts.get(check) !== main.scripts.get(check),
    );
    const own = changed.length > 0 || setup.commands.join("\n") !== main.setup.commands.join("\n");
    const note = joined([noteOfChanges(changed), moved, ...notes]);
    return { ...main, scripts, setup, changed, own, note };
  }
  const branch = await readCommands(loaded, tree, original);
  const detected =
    partsOf(branch.checks, "tests").length > 0
      ? `The commands were detected on the task's branch, because ${loaded.branch} has nothing to detect`
      : undefined;
  return { ...branch, extra, changed: [], own: true, note: joined([detected, moved, ...notes]) };
}

function joined(notes: readonly (string | undefined)[]): string | undefined {
  const said = notes.filter((note) => note !== undefined);
  return said.length > 0 ? said.join("; ") : undefined;
}

function noteOfGates(
  branch: string,
  counts: GateFiles | undefined,
  own: GateFiles | undefined,
): string | undefined {
  if (JSON.stringify(own?.files) === JSON.stringify(counts?.files)) return undefined;
  return `The gate scripts below .claude differ on the task's branch; gates run those of ${branch}, a change takes effect once merged`;
}

function noteOfChanges(changed: readonly string[]): string | undefined {
  if (changed.length === 0) return undefined;
  return `The task's branch changes the script behind ${changed.join(", ")}; its merge needs a person's approval`;
}

async function readCommands(
  loaded: LoadedConfig,
  tree: TreeReader,
  original: OriginalChecks | undefined,
): Promise<Pick<ProjectCommands, "checks" | "scripts" | "setup">> {
  const checks = await commandChecks(loaded.config, tree, original?.checks);
  const setup = await setupOf(loaded.config, tree);
  return { checks, scripts: await readScripts(checks, setup, tree), setup };
}

/** The scripts that checks and setup start in a tree, with those that npm runs before and after. */
async function readScripts(
  checks: ProjectCommands["checks"],
  setup: Setup,
  tree: TreeReader,
): Promise<Map<string, string>> {
  const scripts = new Map<string, string>();
  const whole = await readPackage(tree);
  const installed = whole && setup.commands.length > 0 ? installScripts(whole) : [];
  if (installed.length > 0) scripts.set("setup", installed.join("; "));
  for (const definition of [...checks.values()].filter(runsCommand)) {
    const facts = await readPackage(treeBelow(tree, definition.folder));
    const texts = facts ? startedScripts(foreseenRun(definition), facts) : [];
    if (texts.length > 0) scripts.set(definition.check, texts.join("; "));
  }
  return scripts;
}

/** What a check starts as far as it can be foreseen. */
function foreseenRun({ run, isTests }: CommandDefinition): CommandLine {
  // The original's test scripts leave it to npm where they know no better, and the task's branch says what that is.
  return run.kind === "script" ? { kind: "argv", argv: isTests ? ["npm", "test"] : [] } : run;
}
