import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { nextTransition } from "../model/next-transition.ts";
import type { Task } from "../model/task.ts";
import { endsOf, type Gate, gateOf, type Transition } from "../model/workflow.ts";
import { listApprovals } from "../store/approvals.ts";
import { findNewestRun } from "../store/gate-runs.ts";
import { listTasks } from "../store/tasks.ts";
import { firstToDo, openBlockersBehind } from "../tasks/open-blockers.ts";

/** What a task waits for. */
export interface NextStep {
  readonly command: string;
  /** Whether only a person may take it. */
  readonly byPerson: boolean;
}

/**
 * The next step of a task, undefined when it is DONE. A transition is named only where it would be made now; git is
 * asked only where the records alone would allow it.
 */
export async function findNextStep(context: Context, task: Task): Promise<NextStep | undefined> {
  const store = await context.store();
  const subtasks = await listTasks(store, { spec: task.id, includeDone: true });
  const transition = nextTransition(task, subtasks.length);
  if (transition === undefined) return undefined;
  const gate = gateOf(transition);
  const waitsFor = firstToDo([
    ...(gate.checks.includes("not_blocked") ? await openBlockersBehind(store, task) : []),
    ...(gate.checks.includes("subtasks_done") ? subtasks.filter(({ phase }) => phase !== "DONE") : []),
  ]);
  if (waitsFor) return step(`calm why ${waitsFor.id}`);
  if (needsWorktree(task, gate)) return step(`calm worktree create ${task.id}`);
  if (gate.movedBy === "merge") return step(`calm worktree merge ${task.id}`);
  const check = step(`calm gate check ${task.id} ${transition}`);
  const newest = await findNewestRun(store, task.id, transition);
  const overridden = (await listApprovals(store, task.id)).some(
    (one) => one.kind === "override" && one.transition === transition,
  );
  return newest?.verdict === "pass" || overridden ? decidedStep(context, task, transition, check) : check;
}

/** Whether a gate cannot be met before the task has a worktree; a subtask may rest on its parent's documents. */
export function needsWorktree(task: Task, { anchor }: Gate): boolean {
  if (task.worktree_path !== null || anchor === "default" || anchor === "none") return false;
  return task.spec_id === null || (anchor !== "spec" && anchor !== "design");
}

function step(command: string, byPerson = false): NextStep {
  return { command, byPerson };
}

/** The transition if it would be made now, else what its refusal asks for. */
async function decidedStep(
  context: Context,
  task: Task,
  transition: Transition,
  check: NextStep,
): Promise<NextStep> {
  const { decideTransition, readTransitionFacts } = await import("./decide-transition.ts");
  const { readGateSubject } = await import("./gate-subject.ts");
  try {
    const facts = await readTransitionFacts(context, await readGateSubject(context, task, transition));
    await decideTransition(await context.store(), facts);
    return step(`calm task transition ${task.id} ${endsOf(transition).to}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === "approval_missing") return step(`calm approve ${task.id} ${transition}`, true);
    if (error.code.startsWith("gate_")) return check;
    // Reviews that are gone, a worktree that cannot be read, a mistake in the configuration.
    return step(`calm why ${task.id}`);
  }
}
