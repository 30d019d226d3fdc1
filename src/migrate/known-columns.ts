import type { OriginalRow, OriginalTable } from "../store/original/original-row.ts";

const task = ["task_id"] as const;

/** The columns that some version of the original had, by their names of today. */
const known: Readonly<Record<OriginalTable, readonly string[]>> = {
  tasks: [
    ...["id", "spec_id", "title", "phase", "specialist", "worktree_path", "created_at", "updated_at"],
    ...["blocked_by", "notes", "task_type", "project_path"],
  ],
  workers: ["id", ...task, "role", "status", "started_at", "ended_at", "project_path"],
  phase_transitions: [
    ...["id", ...task, "from_phase", "to_phase", "gate_result", "gate_details", "transitioned_at"],
  ],
  reviews: [
    ...["id", ...task, "review_type", "review_num", "worker_id", "result", "reviewer_notes", "created_at"],
  ],
  test_runs: [
    ...["id", ...task, "worktree", "commit_sha", "total", "passed", "failed", "errors", "skipped"],
    ...["test_files", "duration_seconds", "failed_tests", "run_at"],
  ],
  gate_passes: ["id", ...task, "transition", "commit_sha", "passed_at"],
  merge_log: ["id", ...task, "merged_at", "merge_commit"],
  violations: [],
  counters: ["name", "value"],
  sessions: ["id", "created_at", "handoff_content", "needs_continuation", "resumed_at"],
};

/** The columns of a row that hold something and that calm has no place for. */
export function unknownColumns(table: OriginalTable, row: OriginalRow): string[] {
  return Object.keys(row).filter((name) => !known[table].includes(name) && row[name] !== null);
}
