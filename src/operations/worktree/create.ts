import * as z from "zod/mini";
import { type LoadedConfig, loadConfig } from "../../project/load-config.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { field, TaskArgument } from "../../model/field.ts";
import { administer } from "../../merge/administer.ts";
import { shellQuote } from "../../model/shell-quote.ts";
import type { Task } from "../../model/task.ts";
import { getTask } from "../../store/tasks.ts";
import { escapeControls } from "../../text/escape.ts";
import { createWorktree } from "../../worktree/create-worktree.ts";
import { planCreation } from "../../worktree/plan-creation.ts";
import { listFiles } from "../../worktree/uncommitted.ts";
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
    check_overlaps: field(
      z._default(z.boolean(), false),
      "Refuse when another worktree changes what this task says it will touch",
    ),
    force: field(z._default(z.boolean(), false), "Only tell what --check-overlaps finds"),
  }),
  positional: ["task"],
  output: z.object({
    task: z.string(),
    path: z.string(),
    branch: z.string(),
    base: field(z.string(), "Commit the branch started from"),
    adopted: field(
      z.enum(["nothing", "branch", "worktree"]),
      "What was there already and was taken over; `worktree` = it stays where somebody made it",
    ),
    templates: field(z.array(z.string()), "Documents that were written there"),
    copied: field(
      z.array(z.string()),
      "Ignored files that .worktreeinclude names, copied from the main checkout",
    ),
    overlaps: field(
      z.array(z.object({ task: z.string(), files: z.array(z.string()) })),
      "Who changes what this task says it will touch; looked for with --check-overlaps only",
    ),
  }),
  async run(context, input) {
    const task = await getTask(await context.store(), input.task);
    const loaded = await loadConfig(context);
    const overlaps = input.check_overlaps ? await requireOwnGround(context, task, loaded, input.force) : [];
    const commit = input.base === undefined ? loaded.tip : await resolveBase(context, input.base);
    const { record, copied, adopted } = await administer(context, async () => {
      const plan = await planCreation(context, task, { ...loaded, commit }, input.adopt);
      return { ...(await createWorktree(context, plan)), adopted: plan.adopt };
    });
    const { path, branch, base_sha: base } = record;
    const templates = Object.keys(record.templates);
    return { task: task.id, path, branch, base, adopted, templates, copied: [...copied], overlaps };
  },
  text: ({ path, branch, adopted, copied }) =>
    [
      `${adopted === "worktree" ? "Took over" : "Created"} worktree: ${path}`,
      `Branch: ${branch}${adopted === "branch" ? " (taken over)" : ""}`,
      ...(copied.length === 0
        ? []
        : [`Copied: ${escapeControls(listFiles(copied.map((file) => ({ path: file }))))}`]),
    ].join("\n"),
  next: ({ path }) => [`cd ${shellQuote(path)}`],
});

/** Tells, or refuses, when others are at work where this task will be. */
async function requireOwnGround(
  context: Context,
  task: Task,
  loaded: LoadedConfig,
  force: boolean,
): Promise<{ task: string; files: string[] }[]> {
  const { findIntendedOverlaps } = await import("../../worktree/intended-overlaps.ts");
  const found = await findIntendedOverlaps(context, task, loaded);
  if (!found) {
    const how = `calm task update ${task.id} --touches src/`;
    context.warn(`${task.id} does not say what it will touch, so nothing was compared. Say it: ${how}`);
  }
  const overlaps = (found ?? []).map((one) => ({ task: one.task, files: [...one.files] }));
  const lines = overlaps.map(
    (one) => `${one.task} changes ${listFiles(one.files.map((path) => ({ path })))}`,
  );
  const [first] = overlaps;
  if (first && !force) {
    throw new Failure("overlapping_work", `${task.id} would touch what others change: ${lines.join("; ")}`, {
      hint: `Let it land first, or agree who changes what: calm task show ${first.task}`,
      details: { overlaps },
    });
  }
  for (const line of lines) context.warn(line);
  return overlaps;
}

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
