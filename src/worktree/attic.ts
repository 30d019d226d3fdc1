import * as z from "zod/mini";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { field, Time } from "../model/field.ts";
import { listAtticRecords } from "../store/attic.ts";

/** The folder of refs that keep what calm removed: `refs/calm/attic/<task>/<n>`. */
export const atticFolder = "refs/calm/attic/";

/** Where the branch is kept that stood elsewhere than the worktree's HEAD. */
export function branchRefOf(ref: string): string {
  return `${ref}-branch`;
}

/** Something kept in the attic. */
export const AtticEntry = z.object({
  task: z.string(),
  entry: field(z.int(), "Its number, by which restore, show and drop name it"),
  ref: z.string(),
  commit: z.string(),
  branch: field(z.string(), "The branch that went with the worktree"),
  branch_commit: field(
    z.nullable(z.string()),
    "Where the branch stood when the worktree's HEAD was not on it; null = at HEAD",
  ),
  reason: field(z.nullable(z.string()), "What removed it; null = not recorded, or by another CALM_HOME"),
  kept_at: Time,
  restored_at: field(z.nullable(Time), "When it was last brought back; it stays in the attic all the same"),
});
export type AtticEntry = z.output<typeof AtticEntry>;

/** What the attic keeps, of one task or of all, oldest first; the refs count, records only add to them. */
export async function listAttic(context: Context, task?: string): Promise<AtticEntry[]> {
  const git = await context.git();
  const records = await listAtticRecords(await context.store());
  const refs = await git.refsBelow(atticFolder);
  const entries: AtticEntry[] = [];
  for (const [ref, commit] of refs) {
    const [, id, number] = /^refs\/calm\/attic\/([^/]+)\/(\d+)$/.exec(ref) ?? [];
    if (id === undefined || (task !== undefined && id.toLowerCase() !== task.toLowerCase())) continue;
    const record = records.find((one) => one.ref === ref && one.commit_sha === commit);
    entries.push({
      ...{ task: id, entry: Number(number), ref, commit },
      branch: record?.branch ?? id,
      branch_commit: refs.get(branchRefOf(ref)) ?? null,
      reason: record?.reason ?? null,
      kept_at: record?.created_at ?? new Date(await git.committedAt(commit)).toISOString(),
      restored_at: record?.restored_at ?? null,
    });
  }
  return entries.sort((a, b) => (a.task === b.task ? a.entry - b.entry : a.task < b.task ? -1 : 1));
}

/** One entry of a task, the newest unless a number is given; Failure attic_entry_not_found. */
export async function getAtticEntry(context: Context, task: string, number?: number): Promise<AtticEntry> {
  const entries = await listAttic(context, task);
  const found = number === undefined ? entries.at(-1) : entries.find(({ entry }) => entry === number);
  if (found) return found;
  const what = number === undefined ? "nothing" : `no entry ${number}`;
  const there = entries.length > 0 ? `; it has: ${entries.map(({ entry }) => entry).join(", ")}` : "";
  throw new Failure("attic_entry_not_found", `The attic keeps ${what} of ${task}${there}`, {
    hint: "See all that it keeps: calm worktree attic list",
    details: { task, entries: entries.map(({ entry }) => entry) },
  });
}

/** The commands that bring an entry back whose task is deleted. */
export function commandsWithoutTask(task: string, entry: number): readonly [string, string] {
  return [`calm task create ${task} <title>`, `calm worktree restore ${task} --entry ${entry}`];
}
