import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { administer } from "../../merge/administer.ts";
import { DryRun, field } from "../../model/field.ts";
import { type LoadedConfig, loadConfig } from "../../project/load-config.ts";
import { escapeControls } from "../../text/escape.ts";
import { plural } from "../../text/plural.ts";
import { findWorktreeIssues } from "../../worktree/health.ts";
import { WorktreeIssue } from "../../worktree/issue.ts";
import { repairWorktree } from "../../worktree/repair.ts";
import { defineOperation } from "../operation.ts";

/** `calm worktree health` */
export const worktreeHealth = defineOperation({
  name: "worktree health",
  summary: "Look for worktrees, branches and locks that are not as they should be",
  kind: "worktree_health",
  effect: "write",
  examples: ["calm worktree health", "calm worktree health --fix --dry-run"],
  input: z.object({
    fix: field(
      z._default(z.boolean(), false),
      "Repair what is safe; work that nothing else has is never deleted",
    ),
    dry_run: DryRun,
  }),
  output: z.object({
    passed: field(z.boolean(), "No issue is left"),
    issues: field(z.array(WorktreeIssue), "Those that are left"),
    fixed: field(z.array(WorktreeIssue), "Those that were repaired, or with --dry-run would be"),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const loaded = await loadConfig(context);
    const found = await findWorktreeIssues(context, loaded);
    const fixable = input.fix ? found.filter((issue) => issue.repair !== null) : [];
    if (fixable.length === 0 || input.dry_run) {
      const issues = input.fix ? found.filter((issue) => issue.repair === null) : found;
      return { passed: found.length === 0, issues, fixed: fixable, dry_run: input.dry_run };
    }
    const left = await repair(context, loaded);
    const isLeft = (issue: WorktreeIssue): boolean => left.some((one) => one.message === issue.message);
    return {
      passed: left.length === 0,
      issues: left,
      fixed: found.filter((issue) => !isLeft(issue)),
      dry_run: false,
    };
  },
  text({ issues, fixed, dry_run: dry }, { colors }) {
    const lines = [
      ...fixed.map((issue) => `${dry ? "Would fix" : "Fixed"}: ${escapeControls(issue.message)}`),
      ...issues.map((issue) => `  ${escapeControls(issue.message)}\n    ${escapeControls(issue.command)}`),
    ];
    const state =
      issues.length === 0 ? colors.green("No issues") : colors.red(plural(issues.length, "issue"));
    return [colors.bold("Worktree Health"), `Status: ${state}`, ...lines].join("\n");
  },
  passed: ({ passed }) => passed,
  next: ({ issues }) => (issues.some((issue) => issue.repair !== null) ? ["calm worktree health --fix"] : []),
});

/** Repairs under the lock, where interrupted operations are put right first; gives what is left. */
async function repair(context: Context, loaded: LoadedConfig): Promise<WorktreeIssue[]> {
  await administer(context, async () => {
    for (const issue of await findWorktreeIssues(context, loaded)) {
      await repairWorktree(context, issue, loaded.tip);
    }
  });
  return findWorktreeIssues(context, loaded);
}
