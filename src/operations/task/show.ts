import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { TaskArgument } from "../../model/field.ts";
import type { GateRun } from "../../model/gate-run.ts";
import { nextCommand, nextTransition } from "../../model/next-command.ts";
import type { Task } from "../../model/task.ts";
import { gateOf, parseTransition } from "../../model/workflow.ts";
import { loadConfig } from "../../project/load-config.ts";
import { isApproved, listApprovals } from "../../store/approvals.ts";
import { openBlockers } from "../../store/blockers.ts";
import { listTestRuns } from "../../store/check-runs.ts";
import { listGateRuns } from "../../store/gate-runs.ts";
import { listHistory } from "../../store/history.ts";
import { listReviews } from "../../store/reviews.ts";
import { getTask, listTasks } from "../../store/tasks.ts";
import { listWorkers } from "../../store/workers.ts";
import { defineOperation } from "../operation.ts";
import { describeTask, TaskDetails } from "./describe-task.ts";

/** `calm task show` */
export const taskShow = defineOperation({
  name: "task show",
  summary: "Show a task with its history, evidence and next command",
  kind: "task",
  effect: "read",
  examples: ["calm task show SPEC-001", "calm task show SPEC-001 --json"],
  input: z.object({ task: TaskArgument }),
  positional: ["task"],
  output: TaskDetails,
  async run(context, input) {
    const store = await context.store();
    const task = await getTask(store, input.task);
    const children = await listTasks(store, { spec: task.id, includeDone: true });
    const runs = await listGateRuns(store, task.id);
    const approvals = await listApprovals(store, task.id);
    const open = await openBlockers(store, task.id);
    const transition = nextTransition(task, children.length);
    const own = runs.filter((run) => run.state !== "imported");
    const newest = own.findLast((run) => run.transition === transition && run.voided_at === null);
    const passed = newest?.verdict === "pass" ? newest : undefined;
    const waitsForPerson = passed !== undefined && (await needsApproval(context, task, passed));
    const state = { task, openBlockers: open, subtasks: children.length, waitsForPerson };
    return {
      ...task,
      open_blockers: open,
      subtasks: children.map(({ id, phase, title }) => ({ id, phase, title })),
      history: await listHistory(store, task.id),
      gate_runs: runs,
      test_runs: await listTestRuns(store, task.id),
      reviews: await listReviews(store, task.id),
      approvals,
      workers: await listWorkers(store, { task: task.id }),
      next: nextCommand({ ...state, gatePassed: passed !== undefined }) ?? null,
    };
  },
  text: (task, text) => describeTask(task, text),
});

/** Whether a person must still approve what a run passed; the configuration is only read where it matters. */
async function needsApproval(context: Context, task: Task, passed: GateRun): Promise<boolean> {
  const transition = parseTransition(passed.transition, task.type);
  if (await isApproved(await context.store(), task, transition, passed.anchor)) return false;
  const { config } = await loadConfig(context);
  return (config.gates[transition]?.approval ?? gateOf(transition).approval) === "person";
}
