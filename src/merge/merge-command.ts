import type { MergeJournal } from "./merge-journal.ts";

/** The command that begins a merge again: of a whole task, or of its documents alone. */
export function mergeCommand({ task, docs }: Pick<MergeJournal, "task" | "docs">): string {
  return `calm worktree merge ${task}${docs === true ? " --docs" : ""}`;
}
