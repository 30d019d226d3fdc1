import type { Context } from "../context.ts";
import { findUnfinished } from "../git/unfinished.ts";
import { batchDue, batchJobs } from "../model/counter.ts";
import { gitIn } from "../model/shell-quote.ts";
import { nameOfOperation } from "../store/journal.ts";
import { pathExists } from "../system/files.ts";
import { isLeftBehind } from "../system/process-identity.ts";
import { type ProjectState, stuckAfterDays } from "./project-state.ts";

/** How the project is: DEGRADED stops work, ATTENTION wants a look. */
export type HealthState = "HEALTHY" | "ATTENTION" | "DEGRADED";

/** One thing that is not as it should be, and the command that deals with it. */
export interface HealthIssue {
  readonly state: Exclude<HealthState, "HEALTHY">;
  readonly message: string;
  readonly command: string;
}

type Found = Iterable<readonly [message: string, command: string]>;

/** What is not as it should be, the worst first; damage inside the database is the doctor's to find. */
export async function findIssues(context: Context, state: ProjectState): Promise<HealthIssue[]> {
  const { root, commonDir, bare } = await context.project();
  const degraded = [
    ...mergeLock(state),
    // Without a repository on this machine the relative names would be looked for in the current directory.
    ...(bare || commonDir === "" ? [] : brokenCheckout(root, commonDir)),
    ...interrupted(context, state),
  ];
  const attention = [
    ...batchesDue(state),
    ...elsewhere(context, state),
    ...worktreesAstray(state),
    ...staleWorkers(state),
    ...heldUp(state),
  ];
  return [
    ...degraded.map(([message, command]) => ({ state: "DEGRADED" as const, message, command })),
    ...attention.map(([message, command]) => ({ state: "ATTENTION" as const, message, command })),
  ];
}

/** The state that some issues amount to. */
export function healthOf(issues: readonly HealthIssue[]): HealthState {
  return issues[0]?.state ?? "HEALTHY";
}

function* mergeLock({ counters }: ProjectState): Found {
  const locked = counters.find(({ name, value }) => name === "merge_lock" && value > 0);
  if (locked) yield [`merging is locked: merge_lock is ${locked.value}`, "calm counter reset merge_lock"];
}

/** Told by files alone: a conflict that only the index knows is found when something is to be merged. */
function* brokenCheckout(root: string, gitDir: string): Found {
  const what = findUnfinished(gitDir);
  if (what !== undefined)
    yield [`a git operation is under way in ${root} (${what})`, `${gitIn(root)} status`];
}

function* interrupted({ host }: Context, { journal }: ProjectState): Found {
  for (const entry of journal) {
    if (!isLeftBehind(entry, host)) continue;
    yield [`an interrupted ${nameOfOperation(entry)} (${entry.state})`, "calm doctor --fix"];
  }
}

function* batchesDue({ counters }: ProjectState): Found {
  for (const { name, value } of counters) {
    const job = batchJobs[name];
    if (job !== undefined && value >= batchDue)
      yield [`${name} is ${value}: ${job} is due`, `calm counter reset ${name}`];
  }
}

/** Whether a process of another machine still lives cannot be known here. */
function* elsewhere({ host }: Context, { journal }: ProjectState): Found {
  for (const entry of journal) {
    if (entry.host !== host)
      yield [`a ${nameOfOperation(entry)} has not ended on ${entry.host}`, "calm doctor"];
  }
}

function* worktreesAstray({ worktrees }: ProjectState): Found {
  for (const { task, path, phase } of worktrees) {
    // Its branch may have commits that nothing else has; those are kept.
    if (!pathExists(path)) yield [`the worktree of ${task} is gone: ${path}`, "calm worktree health --fix"];
    else if (phase === "DONE") yield [`${task} is DONE and has a worktree`, `calm worktree remove ${task}`];
  }
}

function* staleWorkers({ workers }: ProjectState): Found {
  for (const { id, task_id: task, role, status, heartbeat_at: last } of workers) {
    if (status !== "stale") continue;
    const message = `worker ${id} (${role} of ${task}) is stale: no sign of life since ${last}`;
    yield [message, `calm worker start ${task} ${role}`];
  }
}

function* heldUp({ tasks }: ProjectState): Found {
  const blocked = tasks.filter((task) => task.blocked);
  const stuck = tasks.filter((task) => task.stuck);
  if (blocked.length > 0) yield [`blocked: ${namesOf(blocked)}`, "calm task list --blocked"];
  const [first] = stuck;
  if (first) {
    yield [
      `nothing has happened for ${stuckAfterDays} days to ${namesOf(stuck)}`,
      `calm task show ${first.id}`,
    ];
  }
}

const named = 5;

function namesOf(tasks: readonly { readonly id: string }[]): string {
  const names = tasks.slice(0, named).map(({ id }) => id);
  const more = tasks.length > named ? ` and ${tasks.length - named} more` : "";
  return `${names.join(", ")}${more}`;
}
