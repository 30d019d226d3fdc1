import { join } from "node:path";
import * as z from "zod/mini";
import type { Context } from "../context.ts";
import type { Task } from "../model/task.ts";
import { templatesFor } from "../model/templates.ts";
import { openJournal, setJournal } from "../store/journal.ts";
import { addWorktreeRecord, findWorktree, type WorktreeRecord } from "../store/worktrees.ts";
import { failpoint } from "../system/failpoint.ts";
import { pathExists, removeTree, requirePlainPath, writeNewFile } from "../system/files.ts";
import { together } from "../system/together.ts";
import { findUse } from "./half-made.ts";
import { includeFiles } from "./include-files.ts";
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

/** A worktree that was made, and the ignored files that were copied into it. */
export interface CreatedWorktree {
  readonly record: WorktreeRecord;
  readonly copied: readonly string[];
}

/** Carries a creation out; a failure half-way leaves nothing. The caller holds the repository lock. */
export async function createWorktree(context: Context, plan: CreationPlan): Promise<CreatedWorktree> {
  const store = await context.store();
  const id = context.newId("OP");
  const { path, branch, base, adopt } = plan;
  const data: CreationJournal = { kind: "creation", path, branch, base, adopt };
  await store.housekeep((tx) => openJournal(tx, { id, task: plan.task.id, state: "creating", data }));
  failpoint("create.noted");
  try {
    // Texts are hashed while git writes files.
    const [, drafts] = await together(checkOut(context, plan), draftTemplates(context, plan.task));
    // A worktree that is taken over is somebody's own already.
    const copied = adopt === "worktree" ? [] : await includeFiles(context, path);
    const record: WorktreeRecord = {
      task_id: plan.task.id,
      path: plan.path,
      branch: plan.branch,
      base_sha: plan.base,
      templates: await writeTemplates(plan.path, drafts),
      setup_key: null,
      created_at: context.now(),
    };
    await store.write(async (tx) => {
      await addWorktreeRecord(tx, record);
      await setJournal(tx, id, "done", data, true);
      const deed = adopt === "worktree" ? "took over" : "created";
      await tx.event({ task: plan.task.id, summary: `${deed} worktree ${plan.path}`, data });
    });
    failpoint("create.recorded");
    return { record, copied };
  } catch (error) {
    await recoverCreation(context, id, plan.task.id, data);
    throw error;
  }
}

async function checkOut(context: Context, plan: CreationPlan): Promise<void> {
  const git = await context.git();
  await git.exclude("/.worktrees/");
  failpoint("create.excluded");
  if (plan.adopt === "nothing") await git.addWorktree(plan.path, plan.branch, plan.base);
  if (plan.adopt === "branch") await git.attachWorktree(plan.path, plan.branch);
  failpoint("create.checked-out");
}

/** A document as it is made for a task, and the blob that it would be, by which an untouched one is recognised. */
interface Draft {
  readonly path: string;
  readonly text: string;
  readonly blob: string;
}

async function draftTemplates(context: Context, task: Task): Promise<Draft[]> {
  const git = await context.git();
  const drafts: Draft[] = [];
  for (const [path, text] of templatesFor(task)) drafts.push({ path, text, blob: await git.hashText(text) });
  return drafts;
}

/** Writes the documents that are not there yet; returns the blob of each. */
async function writeTemplates(root: string, drafts: readonly Draft[]): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  for (const { path, text, blob } of drafts) {
    requirePlainPath(root, path);
    if (pathExists(join(root, path))) continue;
    await writeNewFile(join(root, path), text);
    failpoint("create.template-written");
    written[path] = blob;
  }
  return written;
}

/**
 * Takes a creation back that did not reach its record: only what calm made, and only while nobody has used it. The
 * caller holds the lock.
 */
export async function recoverCreation(
  context: Context,
  id: string,
  task: string,
  data: CreationJournal,
): Promise<void> {
  const store = await context.storeBeyondLease(); // what is taken back may be a creation that lost its lease
  const finished = data.adopt === "worktree" || (await findWorktree(store, task)) !== undefined;
  if (!finished) await undoCreation(context, task, data);
  await store.housekeep((tx) => setJournal(tx, id, "aborted", data, true));
  failpoint("create.aborted");
}

async function undoCreation(context: Context, task: string, data: CreationJournal): Promise<void> {
  const git = await context.git();
  const used = await findUse(context, task, data);
  if (used !== undefined) {
    const way = `Take it over: calm worktree create ${task} --adopt`;
    context.warn(`${data.path}, which an interrupted command made, stays, because ${used}. ${way}`);
    return;
  }
  await removeTree(data.path);
  failpoint("create.folder-removed");
  await git.forgetWorktree(data.path);
  failpoint("create.forgotten");
  // False = somebody has committed to it, so it stays.
  if (data.adopt === "nothing") await git.deleteRef(`refs/heads/${data.branch}`, data.base);
  failpoint("create.branch-removed");
}
