import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { TaskArgument } from "../model/field.ts";
import { nextTransition } from "../model/next-transition.ts";
import type { Task } from "../model/task.ts";
import { endsOf, type Transition } from "../model/workflow.ts";
import { getTask, listTasks } from "../store/tasks.ts";
import { openBlockersBehind } from "../tasks/open-blockers.ts";
import { defineOperation } from "./operation.ts";
import { Answer, describeWhy } from "./why/describe-why.ts";
import { findSteps } from "./why/find-steps.ts";
import { readSituation, type Situation } from "./why/situation.ts";

/** `calm why` */
export const why = defineOperation({
  name: "why",
  summary: "Explain what stands between a task and its next phase, with the commands in order",
  kind: "why",
  effect: "read",
  examples: ["calm why SPEC-001", "calm why SPEC-001 --json"],
  input: z.object({ task: TaskArgument }),
  positional: ["task"],
  output: Answer,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const subtasks = await listTasks(store, { spec: task.id, includeDone: true });
    const transition = nextTransition(task, subtasks.length);
    const behind = await openBlockersBehind(store, task);
    const known = {
      ...{ task: task.id, title: task.title, phase: task.phase, to: null, transition: null, refusal: null },
      blockers: behind.map((one) => toBlocker(one, behind)),
      ...{
        subtasks: subtasks.length,
        subtasks_done: subtasks.filter(({ phase }) => phase === "DONE").length,
      },
      ...{ approval: null, checks: [], steps: [] },
    };
    if (transition === undefined) return known;
    const before = { ...known, transition, to: endsOf(transition).to };
    const situation = await readOrExplain(context, task, transition);
    if (situation instanceof Failure) return { ...before, ...explainFailure(situation) };
    const open = transition === "DESIGN-DONE" ? subtasks.filter(({ phase }) => phase !== "DONE") : behind;
    return { ...before, ...explain(situation), steps: findSteps(situation, open) };
  },
  text: (answer, text) => describeWhy(answer, text),
});

type Answer = z.output<typeof Answer>;

function toBlocker(
  { id, title, phase, blocked_by: by }: Task,
  open: readonly Task[],
): Answer["blockers"][number] {
  return { id, title, phase, waits_for: by.filter((blocker) => open.some((one) => one.id === blocker)) };
}

/** The situation, or what keeps calm from looking: a worktree that is gone, a mistake in the configuration. */
async function readOrExplain(
  context: Context,
  task: Task,
  transition: Transition,
): Promise<Situation | Failure> {
  try {
    return await readSituation(context, task, transition);
  } catch (error) {
    const explains = error instanceof Failure && error.kind !== "plumbing" && error.kind !== "busy";
    if (explains) return error;
    throw error;
  }
}

function explainFailure({ code, message, hint }: Failure): Pick<Answer, "refusal" | "steps"> {
  return { refusal: { code, message }, steps: hint === undefined ? [] : [{ what: hint, command: null }] };
}

function explain({
  refusal,
  checks,
  words,
  subject,
}: Situation): Pick<Answer, "refusal" | "approval" | "checks"> {
  const missing = subject.gate.approval === "person" ? ("missing" as const) : null;
  return {
    refusal: refusal ? { code: refusal.code, message: refusal.message } : null,
    approval: words.overridden ? "overridden" : words.approved ? "given" : missing,
    checks: checks.map(({ check, state, message, run }) => ({
      ...{ check, message, run: run ?? null },
      state: state === "fails" && words.overriddenChecks.has(check) ? ("overridden" as const) : state,
    })),
  };
}
