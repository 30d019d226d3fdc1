import type { AnyOperation } from "./operation.ts";

/** How an operation is found without loading it. */
export interface OperationEntry {
  /** Equals the operation's own name; a test holds them together. */
  readonly name: string;
  load(): Promise<AnyOperation>;
}

/** The only list of what calm can do, in the order of help. */
export const operations: readonly OperationEntry[] = [
  { name: "init", load: async () => (await import("./init.ts")).init },
  { name: "migrate", load: async () => (await import("./migrate/take-over.ts")).migrate },
  { name: "migrate leftovers", load: async () => (await import("./migrate/leftovers.ts")).leftovers },
  { name: "status", load: async () => (await import("./status/overview.ts")).status },
  { name: "status health", load: async () => (await import("./status/health.ts")).statusHealth },
  { name: "status tasks", load: async () => (await import("./status/tasks.ts")).statusTasks },
  { name: "status worktrees", load: async () => (await import("./status/worktrees.ts")).statusWorktrees },
  { name: "status workers", load: async () => (await import("./status/workers.ts")).statusWorkers },
  { name: "status counters", load: async () => (await import("./status/counters.ts")).statusCounters },
  { name: "log", load: async () => (await import("./log.ts")).log },
  { name: "task create", load: async () => (await import("./task/create.ts")).taskCreate },
  { name: "task list", load: async () => (await import("./task/list.ts")).taskList },
  { name: "task show", load: async () => (await import("./task/show.ts")).taskShow },
  { name: "task update", load: async () => (await import("./task/update.ts")).taskUpdate },
  { name: "task transition", load: async () => (await import("./task/transition.ts")).taskTransition },
  { name: "task override", load: async () => (await import("./task/override.ts")).taskOverride },
  { name: "task delete", load: async () => (await import("./task/delete.ts")).taskDelete },
  { name: "gate list", load: async () => (await import("./gate/list.ts")).gateList },
  { name: "gate check", load: async () => (await import("./gate/check.ts")).gateCheck },
  { name: "gate log", load: async () => (await import("./gate/log.ts")).gateLog },
  { name: "review record", load: async () => (await import("./review/record.ts")).reviewRecord },
  { name: "review list", load: async () => (await import("./review/list.ts")).reviewList },
  { name: "review check", load: async () => (await import("./review/check.ts")).reviewCheck },
  { name: "review clear", load: async () => (await import("./review/clear.ts")).reviewClear },
  { name: "approve", load: async () => (await import("./approve.ts")).approve },
  { name: "trust", load: async () => (await import("./trust.ts")).trust },
  { name: "worktree create", load: async () => (await import("./worktree/create.ts")).worktreeCreate },
  { name: "worktree list", load: async () => (await import("./worktree/list.ts")).worktreeList },
  { name: "worktree path", load: async () => (await import("./worktree/path.ts")).worktreePath },
  { name: "worktree merge", load: async () => (await import("./worktree/merge.ts")).worktreeMerge },
  { name: "worktree remove", load: async () => (await import("./worktree/remove.ts")).worktreeRemove },
  { name: "worker start", load: async () => (await import("./worker/start.ts")).workerStart },
  { name: "worker complete", load: async () => (await import("./worker/complete.ts")).workerComplete },
  { name: "worker fail", load: async () => (await import("./worker/fail.ts")).workerFail },
  { name: "worker list", load: async () => (await import("./worker/list.ts")).workerList },
  { name: "counter list", load: async () => (await import("./counter/list.ts")).counterList },
  { name: "counter get", load: async () => (await import("./counter/get.ts")).counterGet },
  { name: "counter set", load: async () => (await import("./counter/set.ts")).counterSet },
  { name: "counter increment", load: async () => (await import("./counter/increment.ts")).counterIncrement },
  { name: "counter add", load: async () => (await import("./counter/add.ts")).counterAdd },
  { name: "counter reset", load: async () => (await import("./counter/reset.ts")).counterReset },
];
