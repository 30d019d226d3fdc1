import * as z from "zod/mini";
import { decideTransition, readTransitionFacts } from "../../checks/decide-transition.ts";
import { readGateSubject } from "../../checks/gate-subject.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { parsePhase } from "../../model/parse-phase.ts";
import { Prose, Task } from "../../model/task.ts";
import { endsOf, gateOf, type Transition, transitionsFrom } from "../../model/workflow.ts";
import { addTransition } from "../../store/history.ts";
import { getTask, setPhase } from "../../store/tasks.ts";
import { goBack } from "../../tasks/go-back.ts";
import { defineOperation } from "../operation.ts";

const input = z.object({
  task: TaskArgument,
  phase: field(z.string(), "Phase to move to"),
  back: field(z._default(z.boolean(), false), "Go back to an earlier phase; voids what was proven since"),
  reason: z.optional(field(Prose, "Why it goes back")),
  gate_result: z.optional(
    field(z.enum(["pass", "fail"]), "fail records a failed attempt; pass is a claim and changes nothing"),
  ),
  gate_details: z.optional(field(Prose, "Details for the history")),
});
type Input = z.output<typeof input>;

const Moved = z.extend(Task, {
  recorded: field(z.enum(["transition", "failed_attempt"]), "What was written down"),
});

/** `calm task transition` */
export const taskTransition = defineOperation({
  name: "task transition",
  summary: "Move a task to its next phase, past a gate that has passed, or back",
  kind: "task",
  effect: "write",
  examples: [
    "calm task transition SPEC-001 DESIGN",
    'calm task transition SPEC-001 IMPLEMENT --back --reason "the design misses deletes"',
  ],
  input,
  positional: ["task", "phase"],
  output: Moved,
  async run(context, wanted) {
    const store = await context.store();
    const task = await getTask(store, wanted.task);
    const to = parsePhase(wanted.phase, task.type);
    if (wanted.back) {
      return {
        ...(await store.write((tx) => goBack(tx, task, to, wanted.reason))),
        recorded: "transition" as const,
      };
    }
    const transition = requireEdge(task, to);
    if (wanted.gate_result === "fail") return recordAttempt(context, task, transition, wanted);
    if (gateOf(transition).movedBy === "merge") throw movedByMerge(task, transition);
    return moveForward(context, task, transition, wanted);
  },
  text: (task) =>
    task.recorded === "transition"
      ? `Transitioned ${task.id} to ${task.phase}`
      : `Recorded a failed attempt; ${task.id} stays in ${task.phase}`,
});

async function moveForward(
  context: Context,
  task: Task,
  transition: Transition,
  wanted: Input,
): Promise<z.output<typeof Moved>> {
  const subject = await readGateSubject(context, task, transition);
  const facts = await readTransitionFacts(context, subject);
  const { from, to } = endsOf(transition);
  const store = await context.store();
  return store.write(async (tx) => {
    const run = await decideTransition(tx, facts);
    await setPhase(tx, task.id, from, to);
    await addTransition(tx, {
      ...{ task_id: task.id, from_phase: from, to_phase: to, kind: "forward" },
      ...{ gate_run_id: run?.id ?? null, gate_result: run ? "pass" : null },
      gate_details: wanted.gate_details ?? (run ? null : "overridden by a person"),
    });
    await tx.event({
      task: task.id,
      summary: `${from} → ${to}`,
      data: { from, to, gate_run: run?.id ?? null },
    });
    return { ...(await getTask(tx, task.id)), recorded: "transition" as const };
  });
}

async function recordAttempt(
  context: Context,
  task: Task,
  transition: Transition,
  wanted: Input,
): Promise<z.output<typeof Moved>> {
  const { from, to } = endsOf(transition);
  const store = await context.store();
  return store.write(async (tx) => {
    await addTransition(tx, {
      ...{ task_id: task.id, from_phase: from, to_phase: to, kind: "attempt", gate_run_id: null },
      ...{ gate_result: "fail", gate_details: wanted.gate_details ?? null },
    });
    await tx.event({ task: task.id, summary: `failed attempt at ${transition}`, data: { from, to } });
    return { ...(await getTask(tx, task.id)), recorded: "failed_attempt" as const };
  });
}

/** The transition between the task's phase and another; a usage Failure where there is none. */
function requireEdge(task: Task, to: string): Transition {
  const ways = transitionsFrom(task.type, task.phase);
  const found = ways.find((way) => endsOf(way).to === to);
  if (found) return found;
  const allowed = ways.map((way) => endsOf(way).to);
  const onwards = allowed.length > 0 ? `From ${task.phase} it goes to ${allowed.join(" or ")}` : "It is DONE";
  throw new Failure("unknown_transition", `Invalid transition: ${task.phase} -> ${to} for ${task.type}`, {
    hint: `${onwards}; back with --back --reason "…". See: calm task show ${task.id}`,
    details: { from: task.phase, to, allowed },
  });
}

function movedByMerge(task: Task, transition: Transition): Failure {
  return new Failure(
    "moved_by_merge",
    `${transition} cannot be made by hand: only a merge moves a task there`,
    {
      hint: `Run: calm worktree merge ${task.id}`,
      details: { transition },
    },
  );
}
