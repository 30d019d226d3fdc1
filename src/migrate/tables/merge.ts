import type { OriginalRow } from "../../store/original/original-row.ts";
import type { ImportedMerge } from "../../store/original/add-imported.ts";
import { commitId, type Mapped, mapped } from "../mapped.ts";
import { readRow } from "../read-row.ts";

/** Maps a row of `merge_log`, the only record of what the original merged. */
export function mapMerge(source: OriginalRow, now: string): Mapped<ImportedMerge> {
  const row = readRow(source);
  const commit = commitId(row.text("merge_commit"));
  if (commit === undefined) return { aside: "it names no commit" };
  const at = row.time("merged_at");
  if (at === null) row.change("it has no time");
  return mapped({ commit_sha: commit, merged_at: at ?? now }, row);
}
