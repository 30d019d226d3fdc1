import { administer } from "../merge/administer.ts";
import { listWorktreeRecords } from "../store/worktrees.ts";
import { findWorktreeIssues } from "../worktree/health.ts";
import type { WorktreeIssue } from "../worktree/issue.ts";
import { repairWorktree } from "../worktree/repair.ts";
import type { Examination, Finding, Memory } from "./examination.ts";

/** Issues that stop nobody's work. */
const harmless: readonly WorktreeIssue["kind"][] = [
  ...(["landed_task", "stale", "unknown_worktree", "orphan_folder", "lone_branch"] as const),
];

/** What a repair does, before the words of what is wrong. */
const deeds: Readonly<Record<NonNullable<WorktreeIssue["repair"]>, string>> = {
  finish_interrupted: "finish",
  forget_folder: "forget",
  remove_merged: "remove what is merged",
  delete_leftover: "delete",
};

/** The worktrees that calm remembers, those that git knows and those on the disk are the same: `worktree health`. */
export const worktrees: Examination<Memory> = {
  name: "worktrees",
  async examine({ context, store, loaded }) {
    if (!loaded) return { summary: "not known without a default branch", findings: [] };
    const issues = await findWorktreeIssues(context, loaded);
    const findings = issues
      // Those are an examination of their own.
      .filter(({ kind }) => kind !== "interrupted")
      .map((issue): Finding => {
        const { kind, message, command, repair } = issue;
        const run = (): Promise<void> =>
          administer(context, () => repairWorktree(context, issue, loaded.tip));
        const what = `${repair === null ? "" : deeds[repair]}: ${message}`;
        const isTheirs = issue.task === null && kind === "missing_folder" && repair === null;
        const state = isTheirs || harmless.includes(kind) ? "warning" : "problem";
        return { state, message, command, ...(repair !== null && { repair: { what, run } }) };
      });
    const { length } = await listWorktreeRecords(store);
    return { summary: `${length}, as git and the disk have them`, findings };
  },
};
