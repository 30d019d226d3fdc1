import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { isBuiltin } from "../model/config.ts";
import type { Room } from "../model/gate-run.ts";
import { type Gate, gateOf, type Transition } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import { type CheckDefinition, definitionHash, runsCommand, type TreeReader } from "./command/definition.ts";
import { readPackage, scriptCall } from "./command/package-scripts.ts";
import { type Setup, setupOf } from "./command/setup.ts";
import { simpleCommands } from "./command/shell-line.ts";
import { treeReader } from "./tree-reader.ts";

/** One condition of a gate as this project has it. */
export type ResolvedCheck =
  | { readonly check: string; readonly kind: "builtin" }
  | {
      readonly check: string;
      readonly kind: "command";
      /** undefined = nothing was recognised, so the check fails. */
      readonly definition: CheckDefinition | undefined;
      readonly room: Room;
    };

/** A gate as this project has it: the workflow's row, the project's changes, and the commands behind the names. */
export interface ResolvedGate {
  readonly transition: Transition;
  readonly gate: Gate;
  readonly checks: readonly ResolvedCheck[];
  readonly reviewsRequired: number;
  readonly approval: "person" | "none";
  /** SHA-256 of everything above that a verdict depends on. */
  readonly definition: string;
  /** How the project's gate differs from calm's own. */
  readonly deviations: readonly string[];
}

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
  if (main.checks.has("tests")) {
    const scripts = await readScripts(main.checks, tree);
    const changed = [...main.checks.keys()].filter((check) => scripts.get(check) !== main.scripts.get(check));
    const setup = await setupOf(loaded.config, tree);
    const own = changed.length > 0 || setup.commands.join("\n") !== main.setup.commands.join("\n");
    return { checks: main.checks, scripts, setup, changed, own, note: noteOfChanges(changed) };
  }
  const branch = await readCommands(loaded, tree);
  const note = branch.checks.has("tests")
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
  return { checks, scripts: await readScripts(checks, tree), setup: await setupOf(loaded.config, tree) };
}

/** The scripts that checks start in a tree, with those that npm runs before and after. */
async function readScripts(
  checks: ProjectCommands["checks"],
  tree: TreeReader,
): Promise<Map<string, string>> {
  const facts = await readPackage(tree);
  const scripts = new Map<string, string>();
  for (const definition of [...checks.values()].filter(runsCommand)) {
    const { run } = definition;
    const words = run.kind === "argv" ? [run.argv] : (simpleCommands(run.line) ?? []).map((one) => one.words);
    const called = facts ? words.map((each) => scriptCall(each, facts)?.script) : [];
    const names = called
      .filter((name) => name !== undefined)
      .flatMap((name) => [`pre${name}`, name, `post${name}`]);
    const texts = names.map((name) => facts?.scripts[name]).filter((text) => text !== undefined);
    if (texts.length > 0) scripts.set(definition.check, texts.join("; "));
  }
  return scripts;
}

/** The room in which the command checks of a gate run; only clean rooms count for the default branch. */
function roomOf(gate: Gate, check: string): Room {
  return check === "tests_full" || gate.anchor === "candidate" || gate.anchor === "default"
    ? "clean"
    : "worktree";
}

/** Puts a gate together from the workflow and the project's configuration. */
export function resolveGate(
  transition: Transition,
  loaded: LoadedConfig,
  commands: ProjectCommands,
): ResolvedGate {
  const gate = gateOf(transition);
  const change = loaded.config.gates[transition];
  const verify = gate.anchor === "candidate" ? loaded.config.merge.verify : [];
  const names = [...new Set<string>([...gate.checks, ...verify, ...(change?.add ?? [])])];
  const checks = names.map((check): ResolvedCheck => {
    if (isBuiltin(check)) return { check, kind: "builtin" };
    return { check, kind: "command", definition: commands.checks.get(check), room: roomOf(gate, check) };
  });
  const reviewsRequired = change?.reviews ?? gate.reviews?.count ?? 0;
  return {
    transition,
    gate,
    checks,
    reviewsRequired,
    approval: change?.approval ?? gate.approval,
    definition: hashGate(checks, [
      reviewsRequired,
      commands.setup.commands,
      loaded.config.implementation_dirs,
    ]),
    deviations: deviationsOf(gate, loaded, transition, checks, commands),
  };
}

function hashGate(checks: readonly ResolvedCheck[], rest: readonly unknown[]): string {
  const parts = checks.map((one) =>
    one.kind === "builtin"
      ? one.check
      : `${one.check} ${one.room} ${one.definition ? definitionHash(one.definition) : "unrecognised"}`,
  );
  return createHash("sha256")
    .update(JSON.stringify([parts, ...rest]))
    .digest("hex");
}

function deviationsOf(
  gate: Gate,
  loaded: LoadedConfig,
  transition: Transition,
  checks: readonly ResolvedCheck[],
  commands: ProjectCommands,
): string[] {
  const change = loaded.config.gates[transition];
  const said: string[] = [];
  for (const one of checks) {
    if (!(gate.checks as readonly string[]).includes(one.check)) said.push(`${one.check} added`);
    if (one.kind === "command" && one.definition) said.push(...leniencyOf(one.definition));
  }
  const proof = checks.some(({ check }) => check === "regression_test") && commands.checks.get("tests");
  if (proof && runsCommand(proof) && !proof.proveRegression) {
    said.push("the regression test is not proven to fail without the fix (prove_regression: false)");
  }
  const usual = gate.reviews?.count;
  if (usual !== undefined && change?.reviews !== undefined && change.reviews !== usual) {
    said.push(`${change.reviews} reviews instead of ${usual}`);
  }
  if (change?.approval !== undefined && change.approval !== gate.approval) {
    said.push(change.approval === "none" ? "no person approves" : "a person approves");
  }
  return said;
}

/** What a check lets pass that calm by itself would not. */
function leniencyOf(definition: CheckDefinition): string[] {
  if (!runsCommand(definition)) return [`${definition.check} does not apply: ${definition.none}`];
  const { check, isTests, minTests, allowSkipped = 0 } = definition;
  const said = isTests && minTests === 0 ? [`${check} need not run a test (min_tests: 0)`] : [];
  return allowSkipped > 0 ? [...said, `${check} may skip ${allowSkipped} (allow_skipped)`] : said;
}
