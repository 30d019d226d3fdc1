import { mergedTree } from "../checks/anchor.ts";
import type { GateSubject } from "../checks/gate-subject.ts";
import type { CommitUnderTest } from "../checks/run-gate.ts";
import type { Context } from "../context.ts";
import { conflict } from "./build-candidate.ts";
import { chooseBase } from "./choose-base.ts";

/** The tree that merging a task now would give, and the commit that it would be merged onto; Failure merge_conflict. */
export async function previewCandidate(
  context: Context,
  { task, loaded, location }: GateSubject,
): Promise<{ readonly base: string; readonly tree: string }> {
  const git = await context.git();
  const { base } = await chooseBase(context, loaded.branch);
  const merged = await git.previewMerge(base, location.commit);
  if (!merged.clean) throw conflict({ task: task.id, target: loaded.branch }, merged.conflicts);
  return { base, tree: merged.tree };
}

/** A commit that a gate can look at, of what merging a task would give; no ref keeps it. */
export async function writeWouldBe(
  context: Context,
  { task, location }: GateSubject,
  { base, tree }: { readonly base: string; readonly tree: string },
): Promise<CommitUnderTest> {
  const git = await context.git();
  const message = `calm: would-be merge of ${task.id}`;
  const commit = await git.writeCommit({ tree, parents: [base, location.commit], message });
  return { commit, tree, base };
}

/** What a person's override of a gate is bound to: at a merge the tree that merging would give, else the gate's anchor. */
export async function contentToOverride(context: Context, subject: GateSubject): Promise<string> {
  if (subject.gate.gate.anchor !== "candidate" || !subject.location.worktree) return subject.anchor;
  return mergedTree((await previewCandidate(context, subject)).tree);
}
