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
  /** What `npm run x` and the like start, by check: approving the name alone would approve anything. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Told where detection had to look at a task's branch. */
  readonly note: string | undefined;
}

/** Finds the project's commands on the default branch; on a task's branch only where that one has nothing to detect. */
export async function resolveCommands(
  context: Context,
  loaded: LoadedConfig,
  head: string,
): Promise<ProjectCommands> {
  const git = await context.git();
  const main = await readCommands(loaded, treeReader(git, loaded.tip));
  if (main.checks.has("tests") || head === loaded.tip) return { ...main, note: undefined };
  const branch = await readCommands(loaded, treeReader(git, head));
  const note = branch.checks.has("tests")
    ? `The commands were detected on the task's branch, because ${loaded.branch} has nothing to detect`
    : undefined;
  return { ...branch, note };
}

async function readCommands(loaded: LoadedConfig, tree: TreeReader): Promise<Omit<ProjectCommands, "note">> {
  const checks = await commandChecks(loaded.config, tree);
  const facts = await readPackage(tree);
  const scripts = new Map<string, string>();
  for (const definition of [...checks.values()].filter(runsCommand)) {
    const { run } = definition;
    const words = run.kind === "argv" ? [run.argv] : (simpleCommands(run.line) ?? []).map((one) => one.words);
    const called = facts ? words.map((each) => scriptCall(each, facts)?.script) : [];
    const texts = called.filter((name) => name !== undefined).map((name) => facts?.scripts[name] ?? "");
    if (texts.length > 0) scripts.set(definition.check, texts.join("; "));
  }
  return { checks, scripts, setup: await setupOf(loaded.config, tree) };
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
    definition: hashGate(checks, reviewsRequired),
    deviations: deviationsOf(gate, loaded, transition, checks, commands),
  };
}

function hashGate(checks: readonly ResolvedCheck[], reviewsRequired: number): string {
  const parts = checks.map((one) =>
    one.kind === "builtin"
      ? one.check
      : `${one.check} ${one.room} ${one.definition ? definitionHash(one.definition) : "unrecognised"}`,
  );
  return createHash("sha256")
    .update(JSON.stringify([parts, reviewsRequired]))
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
