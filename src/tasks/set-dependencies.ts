import { Failure } from "../failure.ts";
import { findCycle } from "../model/cycle.ts";
import { splitList } from "../model/task.ts";
import { blockersBehind, setBlockers } from "../store/blockers.ts";
import type { Reader, Writer } from "../store/store.ts";
import { findTask, getTask } from "../store/tasks.ts";

/** Replaces what blocks a task; each blocker must exist, and no task may come to block itself. */
export async function setDependencies(tx: Writer, task: string, names: readonly string[]): Promise<void> {
  const blockers = new Set<string>();
  for (const name of names.flatMap(splitList)) blockers.add((await getTask(tx, name)).id);
  const graph = await blockersBehind(tx, [...blockers]);
  const cycle = findCycle([task], (id) => (id === task ? [...blockers] : (graph.get(id) ?? [])));
  if (cycle) throw blockingCycle(cycle);
  await setBlockers(tx, task, [...blockers]);
}

/** The refusal of tasks that would block each other. */
export function blockingCycle(cycle: readonly string[]): Failure {
  return new Failure("dependency_cycle", `The tasks would block each other: ${cycle.join(" → ")}`, {
    hint: `Look at what blocks what: calm task show ${cycle[1] ?? ""}`,
    details: { cycle },
  });
}

/**
 * The parent that a text names, by its own spelling, there or not; refuses a task among its own ancestors: its
 * subtasks could never all be DONE.
 */
export async function requireParent(store: Reader, task: string, named: string): Promise<string> {
  const ancestors: string[] = [];
  let next: string | null = named;
  while (next !== null && !ancestors.some((id) => sameId(id, next ?? ""))) {
    const parent = await findTask(store, next);
    ancestors.push(parent?.id ?? next);
    if (sameId(next, task)) throw parentCycle([task, ...ancestors]);
    next = parent?.spec_id ?? null;
  }
  return ancestors[0] ?? named;
}

/** The refusal of tasks that would be each other's parents. */
export function parentCycle(cycle: readonly string[]): Failure {
  const [task = "", parent = ""] = cycle;
  const message =
    cycle.length === 2
      ? `${task} cannot be its own parent`
      : `The tasks would be each other's parents: ${cycle.join(" → ")}`;
  return new Failure("dependency_cycle", message, {
    hint:
      cycle.length === 2 ? "See the other tasks: calm task list --include-done" : `Look: calm task show ${parent}`,
    details: { cycle },
  });
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
