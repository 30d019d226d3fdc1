import * as z from "zod/mini";
import { lookFirst } from "../../checks/first-look.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import type { Task } from "../../model/task.ts";
import { endsOf, gateOf, parseTransition, type Transition } from "../../model/workflow.ts";
import { getTask } from "../../store/tasks.ts";
import { findWorktree } from "../../store/worktrees.ts";
import { defineOperation } from "../operation.ts";
import { describeGateCheck, GateCheckAnswer } from "./check-answer.ts";
import { findNext } from "./find-next.ts";

/** `calm gate check` */
export const gateCheck = defineOperation({
  name: "gate check",
  summary: "Run the checks of a transition and record the evidence",
  kind: "gate_run",
  effect: "write",
  examples: [
    "calm gate check SPEC-001",
    "calm gate check SPEC-001 --dry-run",
    "calm gate check SPEC-001 IMPLEMENT-CODE_REVIEW --no-cache",
    "calm gate check SPEC-001 --watch",
  ],
  input: z.object({
    task: TaskArgument,
    transition: z.optional(field(z.string(), "FROM-TO; default the next one")),
    no_cache: field(z._default(z.boolean(), false), "Run every check afresh"),
    dry_run: field(z._default(z.boolean(), false), "Only show what would be run, and which verdicts hold"),
  }),
  positional: ["task", "transition"],
  output: GateCheckAnswer,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const transition = await chooseTransition(context, task, input.transition);
    requirePhaseBefore(task, transition);
    const worktree = input.dry_run ? undefined : await findWorktree(store, task.id);
    const look = input.dry_run ? undefined : await lookFirst(context, worktree);
    // Only now, as most of the program is loaded here: git looks at the worktree meanwhile.
    const { performCheck } = await import("./perform-check.ts");
    return performCheck(context, { task, transition, look, noCache: input.no_cache });
  },
  again: {
    content: async (context, input) => (await contentOf(context, input.task)).content,
    obstacle: async (context, input) => (await contentOf(context, input.task)).obstacle(),
  },
  text: describeGateCheck,
  passed: ({ passed, dry_run: dry }) => passed || dry,
  next: ({ next }) => [next],
});

async function contentOf(context: Context, task: string) {
  const { readContent } = await import("../../worktree/content.ts");
  return readContent(context, task);
}

async function chooseTransition(
  context: Context,
  task: Task,
  named: string | undefined,
): Promise<Transition> {
  if (named !== undefined) return parseTransition(named, task.type);
  const next = await findNext(context, task);
  if (next) return next;
  throw new Failure("wrong_phase", `Task ${task.id} is ${task.phase}; there is no gate left`, {
    hint: `Look at it: calm task show ${task.id}`,
  });
}

/** Refuses a gate that the task does not stand before. */
function requirePhaseBefore(task: Task, transition: Transition): void {
  const { from } = endsOf(transition);
  if (task.phase === from) return;
  throw new Failure(
    "wrong_phase",
    `Task ${task.id} is in ${task.phase}, and ${transition} leads out of ${from}`,
    {
      hint: `See what comes next: calm task show ${task.id}`,
      details: { phase: task.phase, transition, anchor: gateOf(transition).anchor },
    },
  );
}
