import { createHash } from "node:crypto";
import { isBuiltin } from "../model/config.ts";
import type { Room } from "../model/gate-run.ts";
import { type Gate, gateOf, type Transition } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import {
  type CheckDefinition,
  checkOfPart,
  definitionHash,
  partsOf,
  runsCommand,
} from "./command/definition.ts";
import type { ProjectCommands } from "./project-commands.ts";

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

/** The room in which the command checks of a gate run; only clean rooms count for the default branch. */
function roomOf(gate: Gate, check: string): Room {
  return checkOfPart(check) === "tests_full" || gate.anchor === "candidate" || gate.anchor === "default"
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
  const extra = gate.checks.includes("lint") ? commands.extra : [];
  const names = [...new Set<string>([...gate.checks, ...verify, ...extra, ...(change?.add ?? [])])];
  const named = names.flatMap((check): ResolvedCheck[] => {
    if (isBuiltin(check)) return [{ check, kind: "builtin" }];
    const room = roomOf(gate, check);
    const parts = partsOf(commands.checks, check);
    if (parts.length === 0)
      return [{ check, kind: "command", definition: commands.unknown.get(check), room }];
    return parts.map((definition) => ({ check: definition.check, kind: "command", definition, room }));
  });
  // A part may be named besides the whole check.
  const checks = named.filter(({ check }, index) => named.findIndex((one) => one.check === check) === index);
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
    if (!(gate.checks as readonly string[]).includes(checkOfPart(one.check))) said.push(`${one.check} added`);
    if (one.kind === "command" && one.definition) said.push(...leniencyOf(one.definition));
  }
  const proof = checks.some(({ check }) => check === "regression_test");
  const unproven = partsOf(commands.checks, "tests").filter(runsCommand);
  if (proof && unproven.some(({ proveRegression }) => !proveRegression)) {
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
  if ("none" in definition) return [`${definition.check} does not apply: ${definition.none}`];
  if (!runsCommand(definition)) return [];
  const { check, isTests, minTests, allowSkipped = 0 } = definition;
  const said = isTests && minTests === 0 ? [`${check} need not run a test (min_tests: 0)`] : [];
  return allowSkipped > 0 ? [...said, `${check} may skip ${allowSkipped} (allow_skipped)`] : said;
}
