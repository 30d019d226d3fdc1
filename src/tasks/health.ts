import type { Context } from "../context.ts";
import { batchDue, batchJobs } from "../model/counter.ts";
import { listBlockedTasks } from "../store/blockers.ts";
import { listCounters } from "../store/counters.ts";
import { listOpenJournal } from "../store/journal.ts";
import { listWorktreeRecords } from "../store/worktrees.ts";
import { pathExists } from "../system/files.ts";
import { isAlive } from "../system/process-identity.ts";

/** How the project is: DEGRADED stops work, ATTENTION wants a look. */
export type HealthState = "HEALTHY" | "ATTENTION" | "DEGRADED";

/** One thing that is not as it should be, and the command that deals with it. */
export interface HealthIssue {
  readonly state: Exclude<HealthState, "HEALTHY">;
  readonly message: string;
  readonly command: string;
}

/** Looks for what is not as it should be; the worst first. */
export async function findIssues(context: Context): Promise<HealthIssue[]> {
  const store = await context.store();
  const issues: HealthIssue[] = [];
  const add = (state: HealthIssue["state"], message: string, command: string): void => {
    issues.push({ state, message, command });
  };
  for (const { name, value } of await listCounters(store)) {
    if (name === "merge_lock" && value > 0) {
      add("DEGRADED", `merging is locked: merge_lock is ${value}`, "calm counter reset merge_lock");
    }
    const job = batchJobs[name];
    if (job !== undefined && value >= batchDue) {
      add("ATTENTION", `${name} is ${value}: ${job} is due`, `calm counter reset ${name}`);
    }
  }
  for (const entry of await listOpenJournal(store)) {
    const { host, pid, pid_started: started, operation, task_id: task } = entry;
    if (host === context.host && isAlive({ pid, started })) continue;
    add(
      "DEGRADED",
      `an interrupted ${operation}${task === null ? "" : ` of ${task}`} (${entry.state})`,
      task === null ? "calm doctor --fix" : `calm ${operation} ${task}`,
    );
  }
  for (const worktree of await listWorktreeRecords(store)) {
    if (pathExists(worktree.path)) continue;
    add(
      "ATTENTION",
      `the worktree of ${worktree.task_id} is gone: ${worktree.path}`,
      "calm worktree health --fix",
    );
  }
  for (const task of await listBlockedTasks(store))
    add("ATTENTION", `${task} is blocked`, `calm task show ${task}`);
  return issues.sort((a, b) => (a.state === b.state ? 0 : a.state === "DEGRADED" ? -1 : 1));
}

/** The state that some issues amount to. */
export function healthOf(issues: readonly HealthIssue[]): HealthState {
  return issues[0]?.state ?? "HEALTHY";
}
