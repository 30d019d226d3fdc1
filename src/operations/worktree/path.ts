import * as z from "zod/mini";
import { Failure } from "../../failure.ts";
import { TaskArgument } from "../../model/field.ts";
import { getTask } from "../../store/tasks.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree path` */
export const worktreePath = defineOperation({
  name: "worktree path",
  summary: "Print where a task's worktree lies",
  kind: "worktree_path",
  effect: "read",
  examples: ['cd "$(calm worktree path SPEC-001)"'],
  input: z.object({ task: TaskArgument }),
  positional: ["task"],
  output: z.object({ task: z.string(), path: z.string() }),
  async run(context, input) {
    const task = await getTask(await context.store(), input.task);
    if (task.worktree_path !== null) return { task: task.id, path: task.worktree_path };
    throw new Failure("worktree_not_found", `Task ${task.id} has no worktree`, {
      hint: `Make it: calm worktree create ${task.id}`,
    });
  },
  text: ({ path }) => path,
});
