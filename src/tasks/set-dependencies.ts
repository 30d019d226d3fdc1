import { Failure } from "../failure.ts";
import { findCycle, splitList } from "../model/task.ts";
import { allBlockers, setBlockers } from "../store/blockers.ts";
import type { Writer } from "../store/store.ts";
import { getTask } from "../store/tasks.ts";

/** Replaces what blocks a task; each blocker must exist, and no task may come to block itself. */
export async function setDependencies(tx: Writer, task: string, names: readonly string[]): Promise<void> {
  const blockers = new Set<string>();
  for (const name of names.flatMap(splitList)) blockers.add((await getTask(tx, name)).id);
  const graph = await allBlockers(tx);
  const cycle = findCycle(task, [...blockers], (id) => graph.get(id) ?? []);
  if (cycle) {
    throw new Failure("dependency_cycle", `The tasks would block each other: ${cycle.join(" → ")}`, {
      hint: `Look at what blocks what: calm task show ${cycle[1] ?? task}`,
      details: { cycle },
    });
  }
  await setBlockers(tx, task, [...blockers]);
}

/** Refuses a task as its own parent: its subtasks could never all be DONE. */
export function requireOtherParent(task: string, parent: string | undefined): void {
  if (parent?.toLowerCase() !== task.toLowerCase()) return;
  throw new Failure("dependency_cycle", `${task} cannot be its own parent`, {
    hint: `See the other tasks: calm task list --include-done`,
  });
}
