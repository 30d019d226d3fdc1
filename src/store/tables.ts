import type { Generated } from "kysely";
import type { Approval } from "../model/approval.ts";
import type { Counter } from "../model/counter.ts";
import type { Event } from "../model/event.ts";
import type { CheckRun, GateRun } from "../model/gate-run.ts";
import type { Lease } from "../model/lease.ts";
import type { MergePlace } from "../model/merge-queue.ts";
import type { Review } from "../model/review.ts";
import type { PhaseTransition, Task } from "../model/task.ts";

/** Every row belongs to a project. */
type Keyed<Record> = Record & { project_id: string };

/** The process that holds a row: enough to tell whether it is still alive. */
interface Holder {
  host: string;
  pid: number;
  pid_started: string;
}

type TaskRow = Omit<Task, "blocked_by" | "touches" | "worktree_path"> & { touches: string };
type CheckRunRow = Omit<CheckRun, "argv" | "counts" | "failures" | "ran_on"> & {
  argv: string | null;
  counts: string | null;
  failures: string | null;
  log_bytes: number | null;
  tree: string;
  definition: string;
  toolchain: string;
  ended_at: string;
};

/** The worktree that a task has. */
export interface WorktreeRow {
  task_id: string;
  path: string;
  branch: string;
  base_sha: string;
  /** JSON: path below the worktree → blob of the template that calm wrote there. */
  templates: string;
  /** What `setup` last ran for in it; null = never finished. */
  setup_key: string | null;
  created_at: string;
}

/** An operation under way, or one that was interrupted. */
export interface JournalRow extends Holder {
  id: string;
  operation: string;
  task_id: string | null;
  state: string;
  data: string;
  fence: number;
  actor: string;
  started_at: string;
  updated_at: string;
  ended_at: string | null;
  /** The call of calm that opened it, and how that came in. */
  run: string | null;
  channel: string | null;
}

/** A merge that landed. */
export interface MergeRow {
  id: string;
  task_id: string;
  /** `imported` = taken over from the original, which wrote down the commit alone. */
  kind: "merge" | "docs" | "imported";
  branch: string | null;
  old_sha: string | null;
  head_sha: string | null;
  commit_sha: string;
  tree: string | null;
  gate_run_id: number | null;
  actor: string;
  merged_at: string;
}

/** Something that calm removed and kept under a ref. */
export interface AtticRow {
  task_id: string;
  number: number;
  ref: string;
  commit_sha: string;
  branch: string;
  reason: string;
  created_at: string;
  restored_at: string | null;
}

interface SessionRow {
  id: string;
  created_at: string;
  content: string;
  /** JSON of a MachinePart; null where calm could not add one. */
  machine_part: string | null;
  needs_continuation: 0 | 1;
  resumed_at: string | null;
  resumed_by: string | null;
  actor: string;
}

interface TestRunRow {
  id: number;
  task_id: string;
  check_run_id: number | null;
  worktree: string | null;
  commit_sha: string | null;
  total: number;
  passed: number;
  failed: number;
  errors: number;
  skipped: number;
  duration_ms: number | null;
  failed_tests: string;
  run_at: string;
}

/** The database as the query builder sees it; the migrations make it. */
export interface Tables {
  projects: { id: string; name: string; created_at: string };
  checkouts: Keyed<{ host: string; common_dir: string; root: string; first_seen_at: string }>;
  sequences: Keyed<{ name: string; value: number }>;
  tasks: Keyed<TaskRow>;
  task_blockers: Keyed<{ task_id: string; blocker_id: string }>;
  phase_transitions: Keyed<PhaseTransition>;
  worktrees: Keyed<WorktreeRow>;
  /** `paths`: JSON. */
  changed_files: Keyed<{ task_id: string; paths: string; seen_at: string }>;
  /** `content`: JSON. */
  remembered_commits: Keyed<{ commit_oid: string; subject: string; content: string; read_at: string }>;
  /** Without a `ttl_ms` of its own a row gets the default one, as imported workers do. */
  workers: Keyed<Omit<Lease, "ttl_ms"> & { ttl_ms: Generated<number>; started_by: string | null }>;
  reviews: Keyed<Review & { channel: string }>;
  approvals: Keyed<Approval>;
  trust: Keyed<{
    content_hash: string;
    commands: string;
    user: string;
    channel: string;
    created_at: string;
    revoked_at: string | null;
  }>;
  gate_runs: Keyed<GateRun & Holder & { channel: string; voided_at: string | null }>;
  check_runs: Keyed<CheckRunRow>;
  test_runs: Keyed<TestRunRow>;
  counters: Keyed<Counter>;
  journal: Keyed<JournalRow>;
  merges: Keyed<MergeRow>;
  attic: Keyed<AtticRow>;
  slots: Keyed<{
    number: number;
    host: string;
    setup_key: string | null;
    pid: number | null;
    pid_started: string | null;
    taken_at: string | null;
  }>;
  /** The machine's slots for commands; they belong to no project. */
  command_slots: {
    host: string;
    number: number;
    pid: number | null;
    pid_started: string | null;
    taken_at: string | null;
  };
  checks_under_way: Keyed<
    Holder & { tree: string; definition: string; toolchain: string; room: string; started_at: string }
  >;
  merge_queue: Keyed<Omit<MergePlace, "priority">>;
  sessions: Keyed<SessionRow>;
  migration_leftovers: {
    project_id: string | null;
    source: string;
    table_name: string;
    row: string;
    reason: string;
    moved_at: string;
  };
  migrated_rows: Keyed<{
    table_name: string;
    fingerprint: string;
    outcome: "kept" | "changed" | "set_aside";
    target: string | null;
    source: string;
    migrated_at: string;
  }>;
  /** `run` = the call of calm that it belongs to; null in what an older calm wrote. */
  events: Keyed<Omit<Event, "data"> & { data: string; run: string | null }>;
  changes: Keyed<{
    event: number;
    id: number;
    table_name: string;
    before: string | null;
    after: string | null;
  }>;
}
