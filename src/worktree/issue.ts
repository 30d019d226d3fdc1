import * as z from "zod/mini";
import { field } from "../model/field.ts";

const kinds = [
  "interrupted",
  "missing_folder",
  "unreadable",
  "wrong_branch",
  "landed_task",
  "stale",
  "unknown_worktree",
  "orphan_folder",
  "leftover_folder",
  "lone_branch",
  "old_lock",
] as const;

/** One thing about the worktrees that is not as it should be. */
export const WorktreeIssue = z.object({
  kind: z.enum(kinds),
  task: z.nullable(z.string()),
  path: field(z.nullable(z.string()), "The folder, or the lock"),
  message: z.string(),
  command: field(z.string(), "The command that deals with it"),
  repair: field(
    z.nullable(z.enum(["finish_interrupted", "forget_folder", "remove_merged", "delete_leftover"])),
    "What --fix does about it, taking nothing that nothing else has; null = a person decides",
  ),
});
export type WorktreeIssue = z.output<typeof WorktreeIssue>;
