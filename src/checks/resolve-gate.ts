import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { isBuiltin } from "../model/config.ts";
import type { Room } from "../model/gate-run.ts";
import { type Gate, gateOf, type Transition } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { commandChecks } from "./command/configured.ts";
import { type CheckDefinition, definitionHash } from "./command/definition.ts";
import { type Setup, setupOf } from "./command/setup.ts";
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
  const main = treeReader(git, loaded.tip);
  const checks = await commandChecks(loaded.config, main);
  if (checks.has("tests") || head === loaded.tip) {
    return { checks, setup: await setupOf(loaded.config, main), note: undefined };
  }
  const branch = treeReader(git, head);
  const found = await commandChecks(loaded.config, branch);
  const note = found.has("tests")
    ? `The commands were detected on the task's branch, because ${loaded.branch} has nothing to detect`
    : undefined;
  return { checks: found, setup: await setupOf(loaded.config, branch), note };
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
    deviations: deviationsOf(gate, loaded, transition, checks),
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
): string[] {
  const change = loaded.config.gates[transition];
  const said: string[] = [];
  for (const one of checks) {
    if (!(gate.checks as readonly string[]).includes(one.check)) said.push(`${one.check} added`);
    if (one.kind !== "command" || !one.definition || !("none" in one.definition)) continue;
    said.push(`${one.check} does not apply: ${one.definition.none}`);
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
