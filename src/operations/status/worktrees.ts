import * as z from "zod/mini";
import { listTasks } from "../../store/tasks.ts";
import { listWorktreeRecords } from "../../store/worktrees.ts";
import { ago } from "../../text/ago.ts";
import { defineOperation } from "../operation.ts";

/** `calm status worktrees` */
export const statusWorktrees = defineOperation({
  name: "status worktrees",
  summary: "List the worktrees that calm made, without asking git",
  kind: "worktrees",
  effect: "read",
  examples: ["calm status worktrees"],
  input: z.object({}),
  output: z.object({
    worktrees: z.array(
      z.object({ task: z.string(), phase: z.string(), path: z.string(), created_at: z.string() }),
    ),
  }),
  async run(context) {
    const store = await context.store();
    const phases = new Map((await listTasks(store)).map((task) => [task.id, task.phase]));
    const records = await listWorktreeRecords(store);
    return {
      worktrees: records.map(({ task_id: task, path, created_at: created }) => ({
        ...{ task, path, created_at: created },
        phase: phases.get(task) ?? "DONE",
      })),
    };
  },
  text: ({ worktrees }, { now }) =>
    worktrees.length === 0
      ? "No worktrees found."
      : worktrees
          .map((one) => `${one.task}  ${one.phase}  ${one.path}  ${ago(one.created_at, now)}`)
          .join("\n"),
  next: () => ["calm worktree list"],
});
