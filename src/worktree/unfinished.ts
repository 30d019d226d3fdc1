import { join } from "node:path";
import { pathExists } from "../system/files.ts";

const markers = [
  "MERGE_HEAD",
  "CHERRY_PICK_HEAD",
  "REVERT_HEAD",
  "BISECT_LOG",
  "rebase-merge",
  "rebase-apply",
  "sequencer",
];

/** What git is in the middle of in a working tree, by the file that says so in its git directory. */
export function findUnfinished(gitDir: string): string | undefined {
  return markers.find((name) => pathExists(join(gitDir, name)));
}
