import * as z from "zod/mini";
import { findNextStep } from "../../checks/next-step.ts";
import { TaskArgument } from "../../model/field.ts";
import { listApprovals } from "../../store/approvals.ts";
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
    const next = await findNextStep(context, task);
    return {
      ...task,
      open_blockers: await openBlockers(store, task.id),
      subtasks: children.map(({ id, phase, title }) => ({ id, phase, title })),
      history: await listHistory(store, task.id),
      gate_runs: await listGateRuns(store, task.id),
      test_runs: await listTestRuns(store, task.id),
      reviews: await listReviews(store, task.id),
      approvals: await listApprovals(store, task.id),
      workers: await listWorkers(store, { task: task.id }),
      next: next?.command ?? null,
      waits_for_person: next?.byPerson ?? false,
    };
  },
  text: (task, text) => describeTask(task, text),
});
