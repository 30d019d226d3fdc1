import picomatch from "picomatch";
import { gateGlobs } from "../checks/command/original/gate-files.ts";
import { type GateSubject, readGateSubject } from "../checks/gate-subject.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { ChangedFile } from "../git/git.ts";
import type { Task } from "../model/task.ts";
import { endsOf } from "../model/workflow.ts";
import { codeContent } from "../project/location.ts";
import { isApproved, listApprovals } from "../store/approvals.ts";
import { getCounter } from "../store/counters.ts";
import type { Reader } from "../store/store.ts";
import type { WorktreeRecord } from "../store/worktrees.ts";
import { requireCommitted } from "../worktree/uncommitted.ts";
import { notDocuments } from "./documents.ts";
import { contentToOverride } from "./preview-candidate.ts";
import type { MergeJournal } from "./merge-journal.ts";

/** A task that may be merged. */
export interface Admitted {
  readonly subject: GateSubject;
  readonly worktree: WorktreeRecord;
  readonly transition: MergeJournal["transition"];
}

/** The edge that a merge moves a task of this type over. */
export function mergeTransition(task: Task): MergeJournal["transition"] {
  return task.type === "feature" ? "INTEGRATE-VERIFY" : "TESTED-MERGED";
}

/**
 * Refuses a task that is not ready to be merged: its phase, its worktree, its guarded paths. That everything there is
 * committed is the first thing that its gate asks.
 */
export async function admit(context: Context, task: Task): Promise<Admitted> {
  const transition = mergeTransition(task);
  requirePhase(task, transition);
  const subject = await readGateSubject(context, task, transition);
  const { worktree } = subject.location;
  if (!worktree) throw noWorktree(task);
  await requireApproved(context, subject);
  await requireGuardedApproved(context, subject);
  return { subject, worktree, transition };
}

/** Refuses a task whose branch brings anything but documents, or nothing; its phase does not matter. */
export async function admitDocuments(context: Context, task: Task): Promise<Admitted> {
  const transition = mergeTransition(task);
  const subject = await readGateSubject(context, task, transition);
  const { worktree, base, commit } = subject.location;
  if (!worktree) throw noWorktree(task);
  await requireCommitted(context, worktree);
  const git = await context.git();
  const changes = await git.changedFiles(base, commit);
  const others = notDocuments(changes);
  if (changes.length === 0 || others.length > 0) {
    const what = changes.length === 0 ? "no documents to land" : `more than documents: ${others.join(", ")}`;
    throw new Failure("no_documents", `The branch ${task.id} has ${what}`, {
      hint: `See what it changes: git -C "$(calm worktree path ${task.id})" diff --stat ${base.slice(0, 12)}`,
      details: { paths: others },
    });
  }
  await requireGuardedApproved(context, subject);
  return { subject, worktree, transition };
}

/** A project may want a person's word before it merges anything. */
async function requireApproved(context: Context, subject: GateSubject): Promise<void> {
  const { task, gate, anchor } = subject;
  if (gate.approval === "none") return;
  const store = await context.store();
  if (await isApproved(store, task, gate.transition, anchor)) return;
  if (await isApproved(store, task, gate.transition, await contentToOverride(context, subject))) return;
  throw new Failure("approval_missing", `The merge of ${task.id} waits for a person's approval`, {
    hint: `A person runs: calm approve ${task.id} ${gate.transition}`,
  });
}

/** The refusal of a task without a worktree. */
export function noWorktree({ id }: Task): Failure {
  return new Failure("worktree_not_found", `Task ${id} has no worktree to merge`, {
    hint: `Make one: calm worktree create ${id}`,
  });
}

/** Refuses a task that does not stand before its merge. */
export function requirePhase(task: Task, transition: MergeJournal["transition"]): void {
  const { from } = endsOf(transition);
  if (task.phase === from) return;
  throw new Failure(
    "wrong_phase",
    `Task ${task.id} is in ${task.phase}; a ${task.type} is merged from ${from}`,
    {
      hint: `See what comes next: calm task show ${task.id}`,
      details: { phase: task.phase, required: from },
    },
  );
}

/** Refuses while the project's merges are locked; asked again within the transaction that starts publishing. */
export async function requireUnlocked(store: Reader): Promise<void> {
  const { value } = await getCounter(store, "merge_lock");
  if (value === 0) return;
  throw new Failure("merge_locked", `Merging is locked: the counter merge_lock is ${value}`, {
    hint: "When the reason is gone: calm counter reset merge_lock",
    details: { merge_lock: value },
  });
}

/**
 * The guarded paths that a task changes without a person's approval of exactly this change; those of the candidate are
 * among them, because git takes what a branch did to a file along to where the default branch has moved the file.
 */
export async function findUnapprovedGuarded(
  context: Context,
  subject: GateSubject,
  candidate: readonly ChangedFile[] = [],
): Promise<string[]> {
  const { task, loaded, location } = subject;
  const git = await context.git();
  const isGuarded = picomatch([...loaded.config.guarded, ...gateGlobs(subject.commands.checks.values())], {
    dot: true,
  });
  const branch = await git.changedFiles(location.base, location.commit);
  const changed = new Set([...branch, ...candidate].map((change) => change.path));
  // What a check's name starts is part of the gate: a branch must not talk its own gate round.
  const scripts = subject.commands.changed.map((check) => `package.json (the script behind ${check})`);
  const guarded = [...[...changed].filter((path) => isGuarded(path)), ...scripts];
  if (guarded.length === 0) return [];
  const content = await codeContent(context, location.base, location.commit);
  const words = await listApprovals(await context.store(), task.id);
  const approved = words.some(
    (one) => one.kind === "approval" && one.transition === "merge" && one.content === content,
  );
  return approved ? [] : guarded;
}

/** Refuses guarded paths that a task, or the candidate of its merge, changes without a person's approval. */
export async function requireGuardedApproved(
  context: Context,
  subject: GateSubject,
  candidate: readonly ChangedFile[] = [],
): Promise<void> {
  const { task } = subject;
  const guarded = await findUnapprovedGuarded(context, subject, candidate);
  if (guarded.length === 0) return;
  throw new Failure("guarded_change", `${task.id} changes guarded paths: ${guarded.join(", ")}`, {
    hint: `A person looks at the change and runs: calm approve ${task.id} merge`,
    details: { paths: guarded },
  });
}
