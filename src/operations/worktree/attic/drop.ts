import * as z from "zod/mini";
import { administer } from "../../../merge/administer.ts";
import { DryRun, field, Yes } from "../../../model/field.ts";
import { plural } from "../../../text/plural.ts";
import { getAtticEntry } from "../../../worktree/attic.ts";
import { describeKept } from "../../../worktree/describe-kept.ts";
import { dropEntry } from "../../../worktree/drop-entry.ts";
import { defineOperation } from "../../operation.ts";

/** `calm worktree attic drop` */
export const atticDrop = defineOperation({
  name: "worktree attic drop",
  summary: "Let go of an entry of the attic for good; git deletes what it holds in time",
  kind: "dropped_entry",
  effect: "destroy",
  examples: ["calm worktree attic drop SPEC-001 2"],
  input: z.object({
    task: field(z.string(), "Task id, which need not exist any more"),
    entry: field(z.int().check(z.positive()), "Number in the attic"),
    yes: Yes,
    dry_run: DryRun,
  }),
  positional: ["task", "entry"],
  output: z.object({
    task: z.string(),
    entry: z.int(),
    commit: field(z.string(), "By which git still finds it, until its next garbage collection"),
    lost: field(z.array(z.string()), "What nothing else may have any more"),
    dry_run: z.boolean(),
  }),
  async run(context, input) {
    const entry = await getAtticEntry(context, input.task, input.entry);
    const { commits, staged, unstaged, untracked } = await describeKept(context, entry);
    const lost = [
      ...(commits.length > 0 ? [plural(commits.length, "commit")] : []),
      ...(staged.length > 0 ? [`${staged.length} staged`] : []),
      ...(unstaged.length > 0 ? [`${unstaged.length} unstaged`] : []),
      ...(untracked.length > 0 ? [`${untracked.length} untracked`] : []),
    ];
    const answer = {
      task: entry.task,
      entry: entry.entry,
      commit: entry.commit,
      lost,
      dry_run: input.dry_run,
    };
    if (input.dry_run) return answer;
    const what = lost.length > 0 ? ` with ${lost.join(", ")}` : "";
    const when = entry.restored_at === null ? ", never restored" : "";
    await context.confirm(`Drop entry ${entry.entry} of ${entry.task}${what}${when}, for good?`, input.yes);
    await administer(context, () => dropEntry(context, entry));
    return answer;
  },
  text: ({ task, entry, commit, lost, dry_run: dry }) =>
    [
      `${dry ? "Would drop" : "Dropped"} entry ${entry} of ${task}${lost.length > 0 ? `: ${lost.join(", ")}` : ""}`,
      ...(dry ? [] : [`Until git's next garbage collection it is still there: git show ${commit}`]),
    ].join("\n"),
});
