import type { Context } from "../context.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import { partsOf, runsCommand, type TreeReader } from "./command/definition.ts";
import { type GateFiles, readGateFiles } from "./command/original/gate-files.ts";
import { originalChecks, type OriginalChecks } from "./command/original/original-checks.ts";
import { setupOf } from "./command/setup.ts";
import { foldersOf, readScripts } from "./command-scripts.ts";
import { findUnknownParts } from "./named-checks.ts";
import type { ProjectCommands } from "./project-commands.ts";
import { treeReader } from "./tree-reader.ts";

/** Finds the project's commands by reading both commits; nothing else has a say in it. */
export async function findCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<ProjectCommands> {
  const found = await readBoth(context, loaded, head);
  return { ...found, unknown: await findUnknownParts(context, loaded, found.checks) };
}

async function readBoth(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<Omit<ProjectCommands, "unknown">> {
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
    const unknown = [...main.checks.values()].some((one) => "unrecognised" in one);
    const checks = unknown
      ? withNew(main.checks, await commandChecks(loaded.config, tree, original?.checks))
      : main.checks;
    const setup = await setupOf(loaded.config, tree, foldersOf(checks));
    const scripts = await readScripts(checks, setup, tree);
    const changed = [...checks.keys(), "setup"].filter(
      (check) => scripts.get(check) !== main.scripts.get(check),
    );
    const learned = [...checks.values()].some((one) => main.checks.get(one.check) !== one);
    const own = learned || changed.length > 0 || setup.commands.join("\n") !== main.setup.commands.join("\n");
    const note = joined([noteOfChanges(changed), moved, ...notes]);
    return { ...main, checks, scripts, setup, changed, own, note };
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
  const setup = await setupOf(loaded.config, tree, foldersOf(checks));
  return { checks, scripts: await readScripts(checks, setup, tree), setup };
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
