import * as z from "zod/mini";
import { Counter } from "../../model/counter.ts";
import { field } from "../../model/field.ts";
import { Worker } from "../../model/worker.ts";
import { MergeLine } from "./describe-merges.ts";
import { TaskLine } from "./task-grid.ts";

/** Tasks that the overview shows at most. */
export const shownTasks = 40;
/** Merges that the overview shows at most. */
export const shownMerges = 3;

/** What `calm status` answers. */
export const Overview = z.object({
  project: z.object({ id: z.string(), name: z.string(), root: z.string() }),
  database: z.string(),
  database_bytes: field(z.int(), "Size of the file with its write-ahead log"),
  health: z.enum(["HEALTHY", "ATTENTION", "DEGRADED"]),
  issues: z.array(z.object({ state: z.string(), message: z.string(), command: z.string() })),
  pending_handoff: field(
    z.nullable(z.object({ id: z.string(), created_at: z.string(), first_line: z.string() })),
    "The hand-off that the next session is to take up",
  ),
  phases: field(z.array(z.object({ phase: z.string(), count: z.int() })), "Open tasks of each phase"),
  tasks: field(z.array(TaskLine), `Open tasks in workflow order, at most ${shownTasks}, of each phase some`),
  overrides: field(z.array(z.string()), "Overrides by a person of open tasks"),
  worktrees: z.array(
    z.object({ task: z.string(), phase: z.string(), path: z.string(), created_at: z.string() }),
  ),
  overlaps: field(
    z.array(z.object({ tasks: z.array(z.string()), files: z.array(z.string()), seen_at: z.string() })),
    "Tasks that changed the same files when their worktrees were last looked at",
  ),
  workers: z.array(Worker),
  counters: z.array(z.extend(Counter, { due: field(z.nullable(z.string()), "The batch job that is due") })),
  merges: field(z.array(MergeLine), `The newest ${shownMerges} merges, newest first`),
});
export type Overview = z.output<typeof Overview>;
