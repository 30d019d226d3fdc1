import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Row, RowChange } from "../model/row-change.ts";
import { asideCommand } from "../project/aside-command.ts";
import { findLastCall, type RecordedCall } from "../store/changes.ts";
import { findCaller } from "../store/journal.ts";
import { findChangedSince, netRows } from "../store/put-back.ts";
import type { Reader } from "../store/store.ts";
import { pathExists } from "../system/files.ts";
import { CreationJournal } from "../worktree/create-worktree.ts";
import { ReleaseNote } from "../worktree/guest.ts";
import { RemovalJournal } from "../worktree/remove-worktree.ts";
import { RestorationJournal } from "../worktree/restore-worktree.ts";
import type { WorktreeStep } from "./merge-journal.ts";
import { planBranch, type BranchStep } from "./plan-branch-undo.ts";
import { planStepRemoval } from "./undo-worktrees.ts";

/** What taking the last operation back will do. */
export interface UndoPlan {
  readonly call: RecordedCall;
  /** Each row that it changed, once. */
  readonly rows: readonly RowChange[];
  readonly steps: readonly WorktreeStep[];
  /** What becomes of the default branch; undefined = nothing. */
  readonly branch: BranchStep | undefined;
}

/** The operation and its newest words, for people. */
export function nameOfCall({ operation, summaries }: RecordedCall): string {
  return summaries.length === 0 ? operation : `${operation}: ${summaries.join("; ")}`;
}

/**
 * Decides how the last operation, or that of some events, is taken back; refuses where it cannot be, or where it is no
 * longer as it was left.
 */
export async function planUndo(context: Context, among?: readonly number[]): Promise<UndoPlan> {
  const store = await context.store();
  const call = await lastCall(store, among);
  const rows = (await netRows(store, call.changes)).map(withoutSetup);
  await requireAsLeft(store, rows, call);
  const steps = stepsFor(rows, call);
  const branch = await planBranch(context, rows, call);
  for (const step of steps) await requirePossible(context, step, branch?.how === "revert");
  return { call, rows, steps, branch };
}

/** The last operation; Failure nothing_to_undo or beyond_undo. */
async function lastCall(store: Reader, among: readonly number[] | undefined): Promise<RecordedCall> {
  const call = await findLastCall(store, among);
  if (!call) {
    throw new Failure("nothing_to_undo", "There is no operation that could be taken back", {
      hint: "See what was done: calm log",
    });
  }
  if (call.instead !== undefined) {
    const message = `The last operation cannot be taken back by undo: ${nameOfCall(call)}`;
    const details = { operation: call.operation, event: call.events.at(-1) };
    throw new Failure("beyond_undo", message, { hint: `Go back with: ${call.instead}`, details });
  }
  // Whoever finished an interrupted operation is not who made it.
  const made = call.run === null ? undefined : await findCaller(store, call.run);
  return made ? { ...call, ...made, channel: made.channel ?? call.channel } : call;
}

/** Refuses when a row is no longer as the operation left it. */
export async function requireAsLeft(
  store: Reader,
  rows: readonly RowChange[],
  call: RecordedCall,
): Promise<void> {
  const changed = await findChangedSince(store, rows);
  if (changed.length === 0) return;
  // Another undo may have come between the two looks.
  const last = await findLastCall(store);
  throw last?.events.at(-1) === call.events.at(-1) ? changedSince(call, changed) : overtaken(call);
}

/** The refusal of an undo that another command has overtaken. */
export function overtaken(call: RecordedCall): Failure {
  return new Failure("lost_race", `${nameOfCall(call)} is no longer the last operation`, {
    hint: "Look again: calm undo --dry-run",
  });
}

/** The refusal of an operation on which something else has been built. */
export function changedSince(call: RecordedCall, rows: readonly string[]): Failure {
  const message = `${nameOfCall(call)}: since then ${rows.slice(0, 5).join(", ")}`;
  return new Failure("changed_since", message, {
    hint: `See what came after: calm log --after ${(call.events.at(-1) ?? 1) - 1}`,
    details: { operation: call.operation, rows },
  });
}

/** An install does not come back with its folder. */
function withoutSetup(change: RowChange): RowChange {
  const { table, before, after } = change;
  if (table !== "worktrees" || before === null || after !== null) return change;
  return { ...change, before: { ...before, setup_key: null } };
}

const WorktreeRow = z.object({
  task_id: z.string(),
  path: z.string(),
  branch: z.string(),
  base_sha: z.string(),
  templates: z.string(),
});

function stepsFor(rows: readonly RowChange[], { data }: RecordedCall): WorktreeStep[] {
  const creations = data.flatMap((one) => CreationJournal.safeParse(one).data ?? []);
  const removals = data.flatMap((one) => RemovalJournal.safeParse(one).data ?? []);
  const restorations = data.flatMap((one) => RestorationJournal.safeParse(one).data ?? []);
  const releases = data.flatMap((one) => ReleaseNote.safeParse(one).data ?? []);
  return rows.flatMap(({ table, before, after }): WorktreeStep[] => {
    if (table !== "worktrees") return [];
    const about = placeOf(after ?? before ?? {});
    if (before === null) {
      const adopt = creations.find(({ path }) => path === about.path)?.adopt;
      const restored = restorations.find(({ path }) => path === about.path);
      const own = adopt === "nothing" || restored?.branchCommit !== undefined;
      return [{ ...about, kind: adopt === "worktree" ? "leave" : "remove", keepBranch: !own }];
    }
    if (after !== null) return [];
    if (releases.some(({ path }) => path === about.path)) {
      return [{ ...about, kind: "take_over", keepBranch: true }];
    }
    const removal = removals.find(({ path }) => path === about.path);
    const found = {
      ...(removal?.branchCommit !== undefined && { commit: removal.branchCommit }),
      ...(removal?.kept !== undefined && { kept: removal.kept }),
    };
    return [{ ...about, kind: "bring_back", keepBranch: true, ...found }];
  });
}

function placeOf(row: Row): Omit<WorktreeStep, "kind" | "keepBranch"> {
  const { task_id: task, path, branch, base_sha: base, templates } = WorktreeRow.parse(row);
  const written = z.record(z.string(), z.string()).parse(JSON.parse(templates));
  return { task, path, branch, base, templates: written };
}

/** Refuses before anything is done what would stop half-way. */
async function requirePossible(context: Context, step: WorktreeStep, anew: boolean): Promise<void> {
  const { kind, path, branch, task, commit, kept } = step;
  if (kind === "remove") await planStepRemoval(context, step);
  if (kind !== "bring_back") return;
  if (pathExists(path)) {
    throw new Failure("branch_exists", `${path}, where the worktree of ${task} was, is taken`, {
      hint: `Move it away: ${asideCommand(path)}`,
      details: { path },
    });
  }
  const git = await context.git();
  if (kept !== undefined && !anew && (await git.commitOf(kept)) === undefined) {
    throw new Failure("attic_entry_not_found", `${kept}, which kept the worktree of ${task}, is gone`, {
      hint: `See what is kept: calm worktree attic list ${task}`,
      details: { task, ref: kept },
    });
  }
  const there = await git.commitOf(`refs/heads/${branch}`);
  if (there === undefined && commit !== undefined) return;
  if (there !== undefined && (there === commit || commit === undefined) && !anew) return;
  const message =
    there === undefined
      ? `Where the branch ${branch} was is not known`
      : `The branch ${branch} is at ${there.slice(0, 7)}, not where it was`;
  throw new Failure("branch_exists", message, {
    hint: there === undefined ? `Look: git reflog --all` : `Rename it: git branch -m ${branch} ${branch}-new`,
    details: { branch, commit: there ?? null },
  });
}
