import * as z from "zod/mini";
import { type GateSubject, readGateSubject, requirePhaseBefore } from "../../checks/gate-subject.ts";
import { rememberSubject } from "../../checks/remember-subject.ts";
import { type CommitUnderTest, runGate } from "../../checks/run-gate.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { nextTransition } from "../../model/next-transition.ts";
import type { GateRun } from "../../model/gate-run.ts";
import type { Task } from "../../model/task.ts";
import { endsOf, parseTransition, type Transition } from "../../model/workflow.ts";
import { previewCandidate, writeWouldBe } from "../../merge/preview-candidate.ts";
import { isApproved } from "../../store/approvals.ts";
import { getTask, listTasks } from "../../store/tasks.ts";
import { readContent } from "../../worktree/content.ts";
import { keepLease } from "../../workers/keep-lease.ts";
import { defineOperation } from "../operation.ts";
import { describeGateCheck, GateCheckAnswer, planGate } from "./dry-run.ts";

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
    const subject = await readGateSubject(context, task, transition);
    for (const note of subject.notes) context.warn(note);
    const under = await chooseCommit(context, subject, input.dry_run);
    if (input.dry_run) return planGate(context, subject, under);
    const { run, checks } = await keepLease(context, (kept) =>
      runGate(kept, subject, under, { noCache: input.no_cache }),
    );
    if (run.verdict !== "void") await rememberSubject(context, subject, under);
    const approved = await isApproved(store, task, transition, run.anchor);
    return {
      ...{ ...run, checks: [...checks], passed: run.verdict === "pass", dry_run: false },
      next: await nextStep(context, subject, run, approved),
    };
  },
  again: {
    content: async (context, input) => (await readContent(context, input.task)).content,
    obstacle: async (context, input) => (await readContent(context, input.task)).obstacle(),
  },
  text: describeGateCheck,
  passed: ({ passed, dry_run: dry }) => passed || dry,
  next: ({ next }) => [next],
});

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

async function findNext(context: Context, task: Task): Promise<Transition | undefined> {
  const subtasks = await listTasks(await context.store(), { spec: task.id, includeDone: true });
  return nextTransition(task, subtasks.length);
}

/** The commit that a gate looks at: the task's HEAD, the tip of the default branch, or the would-be merge. */
async function chooseCommit(
  context: Context,
  subject: GateSubject,
  dryRun: boolean,
): Promise<CommitUnderTest> {
  const { gate, loaded, location } = subject;
  if (gate.gate.anchor === "default") {
    const git = await context.git();
    return { commit: loaded.tip, tree: await git.treeOf(loaded.tip), base: loaded.tip };
  }
  if (gate.gate.anchor !== "candidate" || !location.worktree) return location;
  const merged = await previewCandidate(context, subject);
  // A tree is all that is looked at; the commit around it would be litter.
  return dryRun ? { commit: merged.tree, ...merged } : writeWouldBe(context, subject, merged);
}

async function nextStep(
  context: Context,
  { task, gate }: GateSubject,
  run: GateRun,
  approved: boolean,
): Promise<string> {
  if (run.verdict !== "pass") {
    // `why` explains the way that the task is on; of another one only the log tells.
    const own = (await findNext(context, task)) === gate.transition;
    return own ? `calm why ${task.id}` : `calm gate log ${run.id}`;
  }
  if (gate.gate.movedBy === "merge") return `calm worktree merge ${task.id}`;
  if (gate.approval === "person" && !approved) return `calm approve ${task.id} ${gate.transition}`;
  return `calm task transition ${task.id} ${endsOf(gate.transition).to}`;
}
