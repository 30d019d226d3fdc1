import type { Context } from "../context.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import { type CheckDefinition, partsOf, runsCommand, type TreeReader } from "./command/definition.ts";
import { readPackage } from "./command/package-scripts.ts";
import { installScripts, startedScripts } from "./command/started-scripts.ts";
import { type Setup, setupOf } from "./command/setup.ts";
import { treeReader } from "./tree-reader.ts";

/** The commands of a project: what its checks run, and what prepares a room for them. */
export interface ProjectCommands {
  readonly checks: ReadonlyMap<string, CheckDefinition>;
  readonly setup: Setup;
  /** What `npm run x` and the like start there, by check or `setup`: approving the name alone would approve anything. */
  readonly scripts: ReadonlyMap<string, string>;
  /** The checks, or `setup`, whose script the task's branch changes. */
  readonly changed: readonly string[];
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
  const main = await readCommands(loaded, treeReader(git, loaded.tip));
  if (head === loaded.tip) return { ...main, changed: [], own: false, note: undefined };
  const tree = treeReader(git, head);
  if (partsOf(main.checks, "tests").length > 0) {
    const setup = await setupOf(loaded.config, tree);
    const scripts = await readScripts(main.checks, setup, tree);
    const changed = [...main.checks.keys(), "setup"].filter(
      (check) => scripts.get(check) !== main.scripts.get(check),
    );
    const own = changed.length > 0 || setup.commands.join("\n") !== main.setup.commands.join("\n");
    return { checks: main.checks, scripts, setup, changed, own, note: noteOfChanges(changed) };
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
  const setup = await setupOf(loaded.config, tree);
  return { checks, scripts: await readScripts(checks, setup, tree), setup };
}

/** The scripts that checks and setup start in a tree, with those that npm runs before and after. */
async function readScripts(
  checks: ProjectCommands["checks"],
  setup: Setup,
  tree: TreeReader,
): Promise<Map<string, string>> {
  const facts = await readPackage(tree);
  const scripts = new Map<string, string>();
  if (!facts) return scripts;
  const installed = setup.commands.length > 0 ? installScripts(facts) : [];
  if (installed.length > 0) scripts.set("setup", installed.join("; "));
  for (const { check, run } of [...checks.values()].filter(runsCommand)) {
    const texts = startedScripts(run, facts);
    if (texts.length > 0) scripts.set(check, texts.join("; "));
  }
  return scripts;
}
