import { Failure } from "../failure.ts";
import { findCycle, tellCycle } from "../model/cycle.ts";
import { splitList } from "../model/task.ts";
import { blockersBehind, setBlockers } from "../store/blockers.ts";
import type { Reader, Writer } from "../store/store.ts";
import { ancestorsOf, idKey } from "../store/task-ids.ts";
import { findTask, getTask } from "../store/tasks.ts";

/** Replaces what blocks a task; each blocker must exist, and no task may come to block itself. */
export async function setDependencies(tx: Writer, task: string, names: readonly string[]): Promise<void> {
  const blockers = new Set<string>();
  for (const name of names.flatMap(splitList)) blockers.add((await getTask(tx, name, task)).id);
  const graph = await blockersBehind(tx, [...blockers]);
  const cycle = findCycle([task], (id) => (id === task ? [...blockers] : (graph.get(id) ?? [])));
  if (cycle) throw blockingCycle(cycle);
  await setBlockers(tx, task, [...blockers]);
}

function blockingCycle(cycle: readonly string[]): Failure {
  return new Failure("dependency_cycle", `The tasks would block each other: ${tellCycle(cycle)}`, {
    hint: `Look at what blocks what: calm task show ${cycle[1] ?? ""}`,
    details: { cycle },
  });
}

/**
 * The parent that a text names, by its own spelling, there or not; refuses a task among its own ancestors: its
 * subtasks could never all be DONE.
 */
export async function requireParent(store: Reader, task: string, named: string): Promise<string> {
  const parent = (await findTask(store, named))?.id ?? named;
  const parents = new Map([...(await ancestorsOf(store, [parent])), [idKey(task), parent]]);
  const cycle = findParentCycle([task], parents);
  if (cycle) throw parentCycle(cycle);
  return parent;
}

/** A cycle of parents that is reached from some tasks; `parents` is by key. */
export function findParentCycle(
  tasks: readonly string[],
  parents: ReadonlyMap<string, string>,
): string[] | undefined {
  const spelling = new Map([...parents.values(), ...tasks].map((id) => [idKey(id), id]));
  const cycle = findCycle([...new Set(tasks.map(idKey))], (key) => {
    const parent = parents.get(key);
    return parent === undefined ? [] : [idKey(parent)];
  });
  return cycle?.map((key) => spelling.get(key) ?? key);
}

function parentCycle(cycle: readonly string[]): Failure {
  const [task = "", parent = ""] = cycle;
  const message =
    cycle.length === 2
      ? `${task} cannot be its own parent`
      : `The tasks would be each other's parents: ${tellCycle(cycle)}`;
  return new Failure("dependency_cycle", message, {
    hint:
      cycle.length === 2
        ? "See the other tasks: calm task list --include-done"
        : `Look: calm task show ${parent}`,
    details: { cycle },
  });
}
