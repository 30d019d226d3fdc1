import * as z from "zod/mini";
import type { RecentMerge } from "../../store/merges.ts";
import { ago } from "../../text/ago.ts";
import { table } from "../../text/table.ts";
import type { Text } from "../../text/text.ts";

/** A merge as lists show it. */
export const MergeLine = z.object({
  ...{ task: z.string(), title: z.string(), commit_sha: z.string() },
  ...{ actor: z.string(), merged_at: z.string() },
});

/** Merges, one on each line; "" for none. */
export function mergeTable(merges: readonly RecentMerge[], text: Text): string {
  const rows = merges.map(({ task, title, commit_sha: commit, merged_at: at }) => [
    `  ${commit.slice(0, 7)}`,
    { text: task, paint: text.colors.bold },
    title,
    ago(at, text.now),
  ]);
  return table([{ whole: true }, { whole: true }, {}, { whole: true }], rows, text);
}
