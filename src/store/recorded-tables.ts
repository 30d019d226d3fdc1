import type { Tables } from "./tables.ts";

/** Which changes of a table's rows undo can put back. */
export type Recording =
  /** Every change; an update that touches only the columns named here is no change. */
  | { readonly kind: "all"; readonly but?: readonly string[] }
  /** What calm has seen is never unseen: only that rows were removed, or the columns named here changed, is kept. */
  | { readonly kind: "evidence"; readonly updates: readonly string[] }
  /** Nothing, and why. */
  | { readonly kind: "nothing"; readonly because: string };

const all = { kind: "all" } as const;
const nothing = (because: string): Recording => ({ kind: "nothing", because });

/** On which side each table is; a new one does not compile before it has been decided. */
export const recordings: Readonly<Record<keyof Tables | "merge_queue", Recording>> = {
  tasks: all,
  task_blockers: all,
  phase_transitions: all,
  worktrees: { kind: "all", but: ["setup_key"] },
  workers: { kind: "all", but: ["heartbeat_at", "ttl_ms"] },
  reviews: all,
  approvals: all,
  trust: all,
  counters: all,
  merges: all,
  sessions: { kind: "all", but: ["machine_part"] },
  gate_runs: { kind: "evidence", updates: ["voided_at"] },
  check_runs: { kind: "evidence", updates: [] },
  test_runs: { kind: "evidence", updates: [] },
  projects: nothing("a project is known by its repository, not by an operation"),
  checkouts: nothing("where a project lies is as it is"),
  sequences: nothing("a number that was given is never given again"),
  changed_files: nothing("what was last seen in worktrees"),
  remembered_commits: nothing("what commits hold, which no operation changes"),
  journal: nothing("calm's own account of what is under way"),
  merge_queue: nothing("who waits just now"),
  attic: nothing("tells what git keeps, which undo does not take away"),
  slots: nothing("who holds a clean room just now"),
  command_slots: nothing("who runs a command just now"),
  checks_under_way: nothing("who runs a check just now"),
  events: nothing("the log only grows"),
  changes: nothing("what undo itself works with"),
  migration_leftovers: nothing("belongs to migrate, which a backup takes back"),
  migrated_rows: nothing("belongs to migrate, which a backup takes back"),
};
