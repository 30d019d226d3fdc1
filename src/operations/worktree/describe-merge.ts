import * as z from "zod/mini";
import { field } from "../../model/field.ts";
import { describePush, Push } from "../../model/push.ts";
import { escapeControls } from "../../text/escape.ts";

/** A check, and what it says. */
const NamedCheck = z.object({ check: z.string(), message: z.string() });
export type NamedCheck = z.output<typeof NamedCheck>;

/** What a merge, or the look at one, came to. */
export const MergeAnswer = z.object({
  task: z.string(),
  mode: field(z.enum(["merge", "check", "dry_run"]), "What was asked for"),
  passed: field(z.boolean(), "Landed; or, when only looking, without conflicts"),
  branch: field(z.string(), "The default branch"),
  head: field(z.string(), "Tip of the task's branch"),
  commit: field(z.nullable(z.string()), "The merge commit, or the red candidate"),
  conflicts: field(z.array(z.string()), "Files that conflict"),
  gate_run: z.nullable(z.int()),
  failed: field(z.array(NamedCheck), "Checks that the candidate fails"),
  flaky: field(z.array(NamedCheck), "Checks that the candidate passed only when they were run again"),
  removed: field(z.boolean(), "Worktree and branch are gone"),
  docs: field(z.boolean(), "Only documents landed"),
  joined: field(z.boolean(), "Another process made the merge, or began it; this is what came of it"),
  due: field(z.array(z.string()), "Batch jobs that are due now"),
  pushes: field(z.boolean(), "merge.push is set: what lands is pushed"),
  push: field(z.optional(Push), "What became of pushing the default branch; absent unless merge.push is set"),
  phase: z.string(),
});

/** A merge for people. */
export function describeMerge(answer: z.output<typeof MergeAnswer>): string {
  const { task, branch, commit, phase } = answer;
  if (answer.mode !== "merge") {
    if (!answer.passed)
      return [`Merge conflicts with ${branch}:`, ...answer.conflicts.map((file) => `  ${file}`)].join("\n");
    const would =
      answer.mode === "dry_run"
        ? `\nWould check the merge in a clean room and move ${branch}${answer.pushes ? ", and push it" : ""}`
        : "";
    return `No merge conflicts detected.${would}`;
  }
  const flaky = answer.flaky.map(checkLines("FLAKY"));
  if (!answer.passed) {
    const failed = answer.failed.map(checkLines("FAIL"));
    return [`Not merged: the merge of ${task} into ${branch} does not pass`, ...failed, ...flaky].join("\n");
  }
  return [
    `Merged ${answer.docs ? "the documents of " : ""}${task} to ${branch}${answer.joined ? ", by the merge that was under way" : ""}`,
    `Commit: ${commit ?? ""}`,
    `Phase: ${phase}`,
    ...(answer.push ? [describePush(answer.push)] : []),
    ...flaky,
    ...(answer.removed ? [`Removed worktree and branch ${task}`] : []),
    ...answer.due.map((job) => `Due: ${job}`),
  ].join("\n");
}

function checkLines(label: string): (one: NamedCheck) => string {
  return ({ check, message }) => `[${label}] ${check}\n    ${indent(message)}`;
}

function indent(message: string): string {
  return escapeControls(message, "keep").replaceAll("\n", "\n    ");
}
