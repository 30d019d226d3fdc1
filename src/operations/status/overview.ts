import * as z from "zod/mini";
import { batchDue, batchJobs, type Counter } from "../../model/counter.ts";
import { allPhases, hasLanded } from "../../model/workflow.ts";
import { listOverrides } from "../../store/approvals.ts";
import { listRecentMerges } from "../../store/merges.ts";
import { findPendingSession } from "../../store/sessions.ts";
import { lookAt } from "../../system/files.ts";
import { findIssues, healthOf } from "../../tasks/health.ts";
import { readProjectState, type TaskState } from "../../tasks/project-state.ts";
import { recallOverlaps } from "../../worktree/remember-work.ts";
import { defineOperation } from "../operation.ts";
import { describeOverview } from "./describe-overview.ts";
import { Overview, shownMerges, shownTasks } from "./overview-answer.ts";
import { toTaskLine } from "./task-grid.ts";

/** `calm status` */
export const status = defineOperation({
  name: "status",
  summary: "Show the whole project on one screen",
  kind: "status",
  effect: "read",
  examples: ["calm status", "calm status --watch", "calm status --json"],
  watch: true,
  input: z.object({}),
  output: Overview,
  async run(context) {
    const { id, name, root } = await context.project();
    const store = await context.store();
    const state = await readProjectState(context);
    const issues = await findIssues(context, state);
    const { database } = context.home;
    const inFlight = new Set(state.worktrees.flatMap((one) => (hasLanded(one) ? [] : one.task)));
    const overlaps = await recallOverlaps(context, (task) => inFlight.has(task));
    const sizeOf = (path: string): number => lookAt(path)?.size ?? 0;
    return {
      project: { id, name, root },
      database,
      database_bytes: sizeOf(database) + sizeOf(`${database}-wal`),
      health: healthOf(issues),
      issues: issues.map((issue) => ({ ...issue })),
      pending_handoff: (await findPendingSession(store)) ?? null,
      phases: countPhases(state.tasks),
      tasks: someOfEachPhase(state.tasks).map(toTaskLine),
      overrides: await listOverrides(store),
      worktrees: [...state.worktrees],
      overlaps: overlaps.map((one) => ({ ...one, tasks: [...one.tasks], files: [...one.files] })),
      workers: [...state.workers],
      counters: state.counters.map((one) => ({ ...one, due: dueJob(one) })),
      merges: await listRecentMerges(store, shownMerges),
    };
  },
  text: describeOverview,
});

function dueJob({ name, value }: Counter): string | null {
  return value >= batchDue ? (batchJobs[name] ?? null) : null;
}

function countPhases(tasks: readonly TaskState[]): { phase: string; count: number }[] {
  return allPhases
    .map((phase) => ({ phase, count: tasks.filter((task) => task.phase === phase).length }))
    .filter(({ count }) => count > 0);
}

/** At most so many tasks, the first of every phase before the second of any. */
function someOfEachPhase(tasks: readonly TaskState[]): TaskState[] {
  if (tasks.length <= shownTasks) return [...tasks];
  const seen = new Map<string, number>();
  const places = new Map(
    tasks.map((task) => {
      const place = seen.get(task.phase) ?? 0;
      seen.set(task.phase, place + 1);
      return [task, place];
    }),
  );
  const first = [...tasks].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)).slice(0, shownTasks);
  const shown = new Set(first);
  return tasks.filter((task) => shown.has(task));
}
