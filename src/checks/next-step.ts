import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { GateRun } from "../model/gate-run.ts";
import { nextCommand, nextTransition } from "../model/next-command.ts";
import type { Task } from "../model/task.ts";
import { gateOf, type Transition } from "../model/workflow.ts";
import { loadConfig } from "../project/load-config.ts";
import { locateTask } from "../project/location.ts";
import { isApproved } from "../store/approvals.ts";
import { openBlockers } from "../store/blockers.ts";
import { findNewestRun } from "../store/gate-runs.ts";
import { hasSubtasks } from "../store/tasks.ts";
import { anchorHolds, readAnchor } from "./anchor.ts";

/** What comes next for a task. */
export interface NextStep {
  /** Blockers that are not DONE. */
  readonly openBlockers: readonly string[];
  /** Whether a person's approval is all that is missing. */
  readonly waitsForPerson: boolean;
  /** The command that moves the task on; undefined when it is DONE. */
  readonly command: string | undefined;
}

/** Finds what comes next for a task; a pass of the next gate counts only while it speaks for the present content. */
export async function findNextStep(context: Context, task: Task): Promise<NextStep> {
  const store = await context.store();
  const open = await openBlockers(store, task.id);
  const subtasks = (await hasSubtasks(store, task.id)) ? 1 : 0;
  const transition = nextTransition(task, subtasks);
  const newest = transition && (await findNewestRun(store, task.id, transition));
  const passed = transition && newest && (await isPass(context, task, transition, newest));
  const waitsForPerson = passed === true && (await needsApproval(context, task, transition, newest));
  const state = { task, openBlockers: open, subtasks, gatePassed: passed === true, waitsForPerson };
  return { openBlockers: open, waitsForPerson, command: nextCommand(state) };
}

async function isPass(context: Context, task: Task, transition: Transition, run: GateRun): Promise<boolean> {
  const gate = gateOf(transition);
  if (run.verdict !== "pass" || gate.movedBy === "merge") return false;
  try {
    const loaded = await loadConfig(context);
    const present = await readAnchor(context, task, gate, await locateTask(context, task, loaded), loaded);
    return await anchorHolds(context, task, gate, run.anchor, present);
  } catch (error) {
    if (error instanceof Failure) return false; // the gate itself will tell what is in the way
    throw error;
  }
}

/** The configuration is read only here, where it matters. */
async function needsApproval(
  context: Context,
  task: Task,
  transition: Transition,
  passed: GateRun,
): Promise<boolean> {
  if (await isApproved(await context.store(), task, transition, passed.anchor)) return false;
  const { config } = await loadConfig(context);
  return (config.gates[transition]?.approval ?? gateOf(transition).approval) === "person";
}
