import * as z from "zod/mini";
import { loadConfig } from "../../project/load-config.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { administer } from "../../merge/administer.ts";
import { getTask } from "../../store/tasks.ts";
import { createWorktree } from "../../worktree/create-worktree.ts";
import { planCreation } from "../../worktree/plan-creation.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree create` */
export const worktreeCreate = defineOperation({
  name: "worktree create",
  summary: "Make the worktree and branch of a task, with its documents' templates",
  kind: "worktree",
  effect: "write",
  examples: ["calm worktree create SPEC-001", "calm worktree create SPEC-002 --base SPEC-001"],
  input: z.object({
    task: TaskArgument,
    base: z.optional(
      field(z.string(), "Branch or commit to start from; default the tip of the default branch"),
    ),
    adopt: field(
      z._default(z.boolean(), false),
      "Take over the branch or worktree that has the task's name already",
    ),
  }),
  positional: ["task"],
  output: z.object({
    task: z.string(),
    path: z.string(),
    branch: z.string(),
    base: field(z.string(), "Commit the branch started from"),
    templates: field(z.array(z.string()), "Documents that were written there"),
  }),
  async run(context, input) {
    const task = await getTask(await context.store(), input.task);
    const loaded = await loadConfig(context);
    const commit = input.base === undefined ? loaded.tip : await resolveBase(context, input.base);
    const record = await administer(context, async () => {
      const plan = await planCreation(context, task, { ...loaded, commit }, input.adopt);
      return createWorktree(context, plan);
    });
    const { path, branch, base_sha: base } = record;
    return { task: task.id, path, branch, base, templates: Object.keys(record.templates) };
  },
  text: ({ path, branch }) => `Created worktree: ${path}\nBranch: ${branch}`,
  next: ({ path }) => [`cd ${path}`],
});

/** The commit of a branch, remote branch, tag or full object id. */
async function resolveBase(context: Context, name: string): Promise<string> {
  const git = await context.git();
  for (const prefix of ["refs/heads/", "refs/remotes/", "refs/tags/"]) {
    const commit = await git.commitOf(`${prefix}${name}`);
    if (commit !== undefined) return commit;
  }
  const commit = /^[0-9a-f]{40}$/.test(name) ? await git.commitOf(name) : undefined;
  if (commit !== undefined) return commit;
  throw new Failure("invalid_input", `--base names no branch, tag or full commit id: ${name}`, {
    hint: "See the branches: git branch --all",
  });
}
