import * as z from "zod/mini";
import { batchDue, batchJobs, Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { allPhases } from "../../model/workflow.ts";
import { Worker } from "../../model/worker.ts";
import { listBlockedTasks } from "../../store/blockers.ts";
import { listCounters } from "../../store/counters.ts";
import { listOverrides } from "../../store/approvals.ts";
import { countByPhase, listTasks } from "../../store/tasks.ts";
import { listWorkers } from "../../store/workers.ts";
import { listWorktreeRecords } from "../../store/worktrees.ts";
import { findIssues, healthOf } from "../../tasks/health.ts";
import { ago } from "../../text/ago.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import type { Text } from "../../text/text.ts";
import { markStaleWorkers } from "../../workers/mark-stale.ts";
import { defineOperation } from "../operation.ts";

const shownTasks = 40;

const Overview = z.object({
  project: z.object({ id: z.string(), name: z.string(), root: z.string() }),
  database: z.string(),
  health: z.enum(["HEALTHY", "ATTENTION", "DEGRADED"]),
  issues: z.array(z.object({ state: z.string(), message: z.string(), command: z.string() })),
  phases: z.array(z.object({ phase: z.string(), count: z.int() })),
  tasks: field(
    z.array(z.object({ id: z.string(), phase: z.string(), title: z.string(), blocked: z.boolean() })),
    "Open tasks in workflow order, at most 40",
  ),
  overrides: field(z.array(z.string()), "Overrides by a person of open tasks"),
  worktrees: z.array(z.object({ task: z.string(), path: z.string() })),
  workers: z.array(Worker),
  counters: z.array(Counter),
});
type Overview = z.output<typeof Overview>;

/** `calm status` */
export const status = defineOperation({
  name: "status",
  summary: "Show the whole project on one screen",
  kind: "status",
  effect: "read",
  examples: ["calm status", "calm status --json"],
  input: z.object({}),
  output: Overview,
  async run(context) {
    const { id, name, root } = await context.project();
    const store = await context.store();
    await markStaleWorkers(context);
    const blocked = await listBlockedTasks(store);
    const counts = await countByPhase(store);
    const rank = (phase: string): number => allPhases.indexOf(phase);
    const tasks = (await listTasks(store)).sort((a, b) => rank(a.phase) - rank(b.phase));
    const issues = await findIssues(context);
    return {
      project: { id, name, root },
      database: context.home.database,
      health: healthOf(issues),
      issues: issues.map((issue) => ({ ...issue })),
      phases: allPhases
        .filter((phase) => counts.has(phase))
        .map((phase) => ({ phase, count: counts.get(phase) ?? 0 })),
      tasks: tasks.slice(0, shownTasks).map((task) => ({
        id: task.id,
        phase: task.phase,
        title: task.title,
        blocked: blocked.has(task.id),
      })),
      overrides: await listOverrides(store),
      worktrees: (await listWorktreeRecords(store)).map(({ task_id: task, path }) => ({ task, path })),
      workers: await listWorkers(store, { status: "active" }),
      counters: await listCounters(store),
    };
  },
  text: describe,
});

function describe(overview: Overview, text: Text): string {
  const { colors } = text;
  const { project, health, issues } = overview;
  const paint = health === "HEALTHY" ? colors.green : health === "ATTENTION" ? colors.yellow : colors.red;
  const open = overview.phases.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    colors.bold("CALM System Status"),
    `Project: ${escapeControls(project.name)} (${project.id})  ${escapeControls(project.root)}`,
    `Status: ${paint(health)}`,
    ...issues.map((issue) => `  ${issue.message}: ${issue.command}`),
    "",
    colors.bold(`Tasks: ${open} open`),
    ...taskLines(overview, text),
    ...overview.overrides.map((line) => colors.red(`  override: ${escapeControls(line)}`)),
    "",
    colors.bold(`Worktrees: ${overview.worktrees.length}`),
    ...overview.worktrees.map(({ task, path }) => `  ${task}  ${escapeControls(path)}`),
    colors.bold(`Workers: ${overview.workers.length} active`),
    ...overview.workers.map(
      (one) => `  ${one.id}  ${one.task_id}  ${one.role}  since ${ago(one.started_at, text.now)}`,
    ),
    colors.bold("Counters:"),
    ...overview.counters.map(
      ({ name, value }) => `  ${name} = ${value}${value >= batchDue ? dueText(name) : ""}`,
    ),
    `Database: ${overview.database}`,
  ];
  return lines.join("\n");
}

function dueText(counter: string): string {
  const job = batchJobs[counter];
  return job === undefined ? "" : `  ${job} is due`;
}

function taskLines({ phases, tasks }: Overview, { colors }: Text): string[] {
  const lines: string[] = [];
  for (const { phase, count } of phases) {
    lines.push(`  ${phase} (${count})`);
    const here = tasks.filter((task) => task.phase === phase);
    for (const task of here) {
      lines.push(
        `    ${task.id}  ${escapeControls(task.title)}${task.blocked ? colors.red("  blocked") : ""}`,
      );
    }
    if (count > here.length)
      lines.push(`    … ${plural(count - here.length, "more task")}: calm task list --phase ${phase}`);
  }
  return lines;
}
