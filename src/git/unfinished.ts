import { join } from "node:path";
import { pathExists } from "../system/files.ts";

const marks = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "BISECT_LOG",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
];

/** What tells that a merge, rebase or the like is under way in the working tree of a git directory. */
export function findUnfinished(gitDir: string): string | undefined {
  return marks.find((name) => pathExists(join(gitDir, name)));
}
