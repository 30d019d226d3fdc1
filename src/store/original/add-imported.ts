import type { Counter } from "../../model/counter.ts";
import type { FailedTest } from "../../model/gate-run.ts";
import type { Review } from "../../model/review.ts";
import type { PhaseTransition } from "../../model/task.ts";
import { defaultWorkerTtl } from "../../model/lease.ts";
import type { Worker } from "../../model/worker.ts";
import { addMerge } from "../merges.ts";
import { nextNumber } from "../sequences.ts";
import type { Writer } from "../store.ts";
import { addTask, type NewTask } from "../tasks.ts";
import { addWorker } from "../workers.ts";

/** A counted run of tests that the original wrote down. */
export interface ImportedTestRun {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly worktree: string | null;
  readonly commit_sha: string | null;
  readonly duration_ms: number | null;
  readonly failed_tests: readonly FailedTest[];
  readonly run_at: string;
}

/** A gate that the original says was passed. */
export interface ImportedPass {
  readonly transition: string;
  /** As it was written: complete, or cut to seven characters. */
  readonly commit_sha: string;
  readonly passed_at: string;
}

/** A merge of which the original wrote down the commit. */
export interface ImportedMerge {
  readonly commit_sha: string;
  readonly merged_at: string;
}

/** A hand-off of the original's. */
export interface ImportedSession {
  readonly id: string;
  readonly content: string;
  readonly created_at: string;
  readonly needs_continuation: 0 | 1;
  readonly resumed_at: string | null;
}

/** What a row of the original's becomes. */
export type ImportedRow =
  | { readonly table: "tasks"; readonly row: NewTask }
  | { readonly table: "workers"; readonly row: Worker }
  | { readonly table: "phase_transitions"; readonly row: Omit<PhaseTransition, "id"> }
  | { readonly table: "reviews"; readonly row: Omit<Review, "id"> }
  | { readonly table: "test_runs"; readonly row: ImportedTestRun & { readonly task_id: string } }
  | { readonly table: "gate_passes"; readonly row: ImportedPass & { readonly task_id: string } }
  | {
      readonly table: "merge_log";
      readonly row: ImportedMerge & { readonly task_id: string; readonly id: string };
    }
  | { readonly table: "counters"; readonly row: Counter }
  | { readonly table: "sessions"; readonly row: ImportedSession };

/** The door in everything that was taken over, and who went through it. */
const channel = "migrate";
const actor = "original";

/** Writes one row down in the project that the writer is bound to. */
export async function addImported(tx: Writer, imported: ImportedRow): Promise<void> {
  switch (imported.table) {
    case "tasks":
      return addTask(tx, imported.row);
    case "workers":
      return addWorker(tx, imported.row, { ttl: defaultWorkerTtl, startedBy: null });
    case "phase_transitions":
      await tx.db
        .insertInto("phase_transitions")
        .values(await numbered(tx, "phase_transitions", imported.row))
        .execute();
      return;
    case "reviews":
      await tx.db
        .insertInto("reviews")
        .values({ ...(await numbered(tx, "reviews", imported.row)), channel })
        .execute();
      return;
    case "test_runs":
      return addTestRun(tx, imported.row);
    case "gate_passes":
      return addPass(tx, imported.row);
    case "merge_log":
      await addMerge(tx, {
        ...{ ...imported.row, kind: "imported", actor, gate_run_id: null },
        ...{ branch: null, old_sha: null, head_sha: null, tree: null },
      });
      return;
    case "counters":
      return raiseCounter(tx, imported.row);
    case "sessions":
      await tx.db
        .insertInto("sessions")
        .values({ project_id: tx.project, ...imported.row, machine_part: null, resumed_by: null, actor })
        .execute();
  }
}

async function numbered<R extends object>(
  tx: Writer,
  table: string,
  row: R,
): Promise<R & { project_id: string; id: number }> {
  return { ...row, project_id: tx.project, id: await nextNumber(tx, table) };
}

async function addTestRun(tx: Writer, run: ImportedTestRun & { readonly task_id: string }): Promise<void> {
  const row = { ...run, check_run_id: null, failed_tests: JSON.stringify(run.failed_tests) };
  await tx.db
    .insertInto("test_runs")
    .values(await numbered(tx, "test_runs", row))
    .execute();
}

/** A pass of the original's is a run in a state of its own: no query for verdicts ever finds it. */
async function addPass(tx: Writer, pass: ImportedPass & { readonly task_id: string }): Promise<void> {
  const { task_id, transition, commit_sha, passed_at } = pass;
  const row = {
    ...({ task_id, transition, commit_sha, state: "imported", verdict: null } as const),
    reason: "passed in the original; proves nothing here",
    ...{ tree: "", base_sha: "", anchor: "", definition: "", actor, channel },
    ...{ host: tx.stamp.host, pid: 0, pid_started: "" },
    ...{ started_at: passed_at, ended_at: passed_at, voided_at: null },
  };
  await tx.db
    .insertInto("gate_runs")
    .values(await numbered(tx, "gate_runs", row))
    .execute();
}

async function raiseCounter(tx: Writer, { name, value }: Counter): Promise<void> {
  await tx.db
    .insertInto("counters")
    .values({ project_id: tx.project, name, value })
    .onConflict((conflict) =>
      conflict
        .columns(["project_id", "name"])
        .doUpdateSet((eb) => ({ value: eb.fn<number>("max", ["counters.value", eb.val(value)]) })),
    )
    .execute();
}
