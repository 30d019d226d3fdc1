import { join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { templatesFor } from "../model/templates.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { addWorktreeRecord, findWorktree, type WorktreeRecord } from "../store/worktrees.ts";
import { pathExists, removeTree, requirePlainPath, writeNewFile } from "../system/files.ts";
import type { CreationPlan } from "./plan-creation.ts";

/** What the journal remembers of a creation, so that it can be taken back. */
export const CreationJournal = z.object({
  kind: z.literal("creation"),
  path: z.string(),
  branch: z.string(),
  base: z.string(),
  adopt: z.enum(["nothing", "branch", "worktree"]),
});
export type CreationJournal = z.output<typeof CreationJournal>;

/** Carries a creation out; a failure half-way leaves nothing. The caller holds the repository lock. */
export async function createWorktree(context: Context, plan: CreationPlan): Promise<WorktreeRecord> {
  const store = await context.store();
  const id = context.newId("OP");
  const { path, branch, base, adopt } = plan;
  const data: CreationJournal = { kind: "creation", path, branch, base, adopt };
  await store.housekeep((tx) => openJournal(tx, { id, task: plan.task.id, state: "intent", data }));
  try {
    await checkOut(context, plan);
    const record: WorktreeRecord = {
      task_id: plan.task.id,
      path: plan.path,
      branch: plan.branch,
      base_sha: plan.base,
      templates: await writeTemplates(context, plan),
      setup_key: null,
      created_at: context.now(),
    };
    await store.write(async (tx) => {
      await addWorktreeRecord(tx, record);
      await setJournal(tx, id, "done", data, true);
      await tx.event({ task: plan.task.id, summary: `created worktree ${plan.path}`, data });
    });
    return record;
  } catch (error) {
    await undoCreation(context, plan.task.id, data);
    await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
    throw error;
  }
}

async function checkOut(context: Context, plan: CreationPlan): Promise<void> {
  const git = await context.git();
  await git.exclude("/.worktrees/");
  if (plan.adopt === "nothing") await git.addWorktree(plan.path, plan.branch, plan.base);
  if (plan.adopt === "branch") await git.attachWorktree(plan.path, plan.branch);
}

/** Writes the documents that are not there yet; returns the blob of each, by which an untouched one is recognised. */
async function writeTemplates(context: Context, plan: CreationPlan): Promise<Record<string, string>> {
  const git = await context.git();
  const written: Record<string, string> = {};
  for (const [path, text] of templatesFor(plan.task)) {
    requirePlainPath(plan.path, path);
    if (pathExists(join(plan.path, path))) continue;
    await writeNewFile(join(plan.path, path), text);
    written[path] = await git.hashText(text);
  }
  return written;
}

/** Takes a creation back that did not reach its record: only what calm made, and only while nobody has used it. */
export async function undoCreation(context: Context, task: string, data: CreationJournal): Promise<void> {
  if (await findWorktree(await context.store(), task)) return;
  if (data.adopt === "worktree") return;
  const git = await context.git();
  await removeTree(data.path);
  await git.forgetWorktree(data.path);
  if (data.adopt === "nothing") await git.deleteRef(`refs/heads/${data.branch}`, data.base);
}
