import { Failure } from "../failure.ts";
import { closest } from "../model/closest.ts";
import { isBuiltin } from "../model/config.ts";
import type { Task } from "../model/task.ts";
import { gateOf, type Transition, transitions } from "../model/workflow.ts";
import type { LoadedConfig } from "../project/load-config.ts";
import { checkOfPart, partsOf } from "./command/definition.ts";
import type { ProjectCommands } from "./project-commands.ts";
import { type ResolvedCheck, type ResolvedGate, resolveGate } from "./resolve-gate.ts";

/** The gates that a type of task comes through, in order, as the project has them. */
function gatesOf(type: Task["type"], loaded: LoadedConfig, commands: ProjectCommands): ResolvedGate[] {
  return transitions
    .filter((name) => gateOf(name).type === type)
    .map((name) => resolveGate(name, loaded, commands));
}

/** The names by which the checks of a task can be called: its gates' ones, the project's own, and what they are part of. */
export function checkNames(type: Task["type"], loaded: LoadedConfig, commands: ProjectCommands): string[] {
  const named = [
    ...gatesOf(type, loaded, commands).flatMap(({ checks }) => checks.map(({ check }) => check)),
    ...commands.checks.keys(),
  ];
  return [...new Set(named.flatMap((name) => [checkOfPart(name), name]))];
}

/** Checks that were called by name, and the gate whose demands they are asked with. */
export interface ChosenChecks {
  readonly gate: ResolvedGate;
  readonly checks: readonly ResolvedCheck[];
}

/**
 * Finds checks by name, all parts of one by the name of the whole, as the gate `next` has them, else the first gate
 * that demands them. A check that builds upon others brings those along. Failure unknown_check.
 */
export function chooseChecks(
  names: readonly string[],
  task: Task,
  next: Transition | undefined,
  { loaded, commands }: { readonly loaded: LoadedConfig; readonly commands: ProjectCommands },
): ChosenChecks {
  const known = checkNames(task.type, loaded, commands);
  const all = gatesOf(task.type, loaded, commands);
  const gates = all.toSorted((one, other) => rank(one, next) - rank(other, next));
  const wanted = names.flatMap((name) => (name === "no_skipped" ? ["tests_full", name] : [name]));
  const found = [...new Set(wanted)].flatMap((name) => {
    if (!known.includes(name)) throw unknownCheck(name, known);
    return findChecks(name, gates, commands);
  });
  const checks = [...new Map(found.map((one) => [one.check, one])).values()];
  const demands = gates.find((gate) => gate.checks.some(({ check }) => names.includes(check)));
  const gate = demands ?? gates[0];
  if (!gate) throw new Error(`no gate for a ${task.type}`);
  return { gate, checks };
}

function rank({ transition }: ResolvedGate, next: Transition | undefined): number {
  return transition === next ? -1 : 0;
}

function findChecks(
  name: string,
  gates: readonly ResolvedGate[],
  commands: ProjectCommands,
): readonly ResolvedCheck[] {
  for (const { checks } of gates) {
    const here = checks.filter(({ check }) => check === name || checkOfPart(check) === name);
    if (here.length > 0) return here;
  }
  if (isBuiltin(name)) return [{ check: name, kind: "builtin" }];
  // The project has it, but no gate demands it.
  return partsOf(commands.checks, name).map((definition) => ({
    ...{ check: definition.check, kind: "command", definition, room: "worktree" },
  }));
}

/** The refusal of a name that is no check of the task. */
export function unknownCheck(name: string, known: readonly string[]): Failure {
  const near = closest(name, known);
  const list = `The checks: ${known.join(", ")}`;
  return new Failure("unknown_check", `There is no check ${name} here`, {
    hint: near === undefined ? list : `Did you mean ${near}? ${list}`,
    details: { checks: [...known] },
  });
}
