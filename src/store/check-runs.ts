import * as z from "zod/mini";
import { field } from "../model/field.ts";
import { CheckRun, type FailedTest, ofInputs, type Room } from "../model/gate-run.ts";
import { nextNumber } from "./sequences.ts";
import type { Reader, Writer } from "./store.ts";

type CheckRunRow = Record<string, unknown> & Readonly<Record<"argv" | "counts" | "failures", string | null>>;

function toCheckRun(row: CheckRunRow): CheckRun {
  const read = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  const { argv, counts, failures } = row;
  return z.parse(CheckRun, { ...row, argv: read(argv), counts: read(counts), failures: read(failures) });
}

/** The checks of a gate run, in the order in which they ended. */
export async function listCheckRuns(store: Reader, gateRun: number): Promise<CheckRun[]> {
  const rows = await store.db
    .selectFrom("check_runs")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("gate_run_id", "=", gateRun)
    .orderBy("id")
    .execute();
  return Promise.all(rows.map(async (row) => ({ ...toCheckRun(row), ...(await ranOn(store, row)) })));
}

/** The tree that a verdict was run on that is reused for its inputs alone: that of the run it comes from. */
async function ranOn(store: Reader, row: { tree: string; cached_from: number | null }) {
  if (row.cached_from === null || !row.tree.endsWith(ofInputs)) return {};
  const source = await store.db
    .selectFrom("check_runs")
    .innerJoin("gate_runs", (join) =>
      join
        .onRef("gate_runs.project_id", "=", "check_runs.project_id")
        .onRef("gate_runs.id", "=", "check_runs.gate_run_id"),
    )
    .select("gate_runs.tree")
    .where("check_runs.project_id", "=", store.project)
    .where("check_runs.id", "=", row.cached_from)
    .executeTakeFirst();
  return source && { ran_on: source.tree };
}

/** What a verdict may be reused for: the same content, the same definition, the same tools. */
export interface VerdictKey {
  readonly tree: string;
  readonly definition: string;
  readonly toolchain: string;
}

/** The newest own (not itself reused) run of a command with this key; a clean room's verdict also serves a worktree. */
export async function findVerdict(store: Reader, key: VerdictKey, room: Room): Promise<CheckRun | undefined> {
  const row = await store.db
    .selectFrom("check_runs")
    .innerJoin("gate_runs", (join) =>
      join
        .onRef("gate_runs.project_id", "=", "check_runs.project_id")
        .onRef("gate_runs.id", "=", "check_runs.gate_run_id"),
    )
    .selectAll("check_runs")
    .where("check_runs.project_id", "=", store.project)
    .where("check_runs.tree", "=", key.tree)
    .where("check_runs.definition", "=", key.definition)
    .where("check_runs.toolchain", "=", key.toolchain)
    .where("check_runs.room", "in", room === "clean" ? ["clean"] : ["clean", "worktree"])
    .where("check_runs.cached_from", "is", null)
    // Of a void or interrupted run nobody knows which content its checks have seen.
    .where("gate_runs.state", "=", "finished")
    .where("gate_runs.verdict", "in", ["pass", "fail"])
    .orderBy("check_runs.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toCheckRun(row);
}

/** A check run before it has a number. */
export type NewCheckRun = Omit<CheckRun, "id" | "ran_on"> &
  VerdictKey & { readonly log_bytes: number | null };

/** A number for a check run, so that rows can point to each other before they are there. */
export function reserveCheckRun(tx: Writer): Promise<number> {
  return nextNumber(tx, "check_runs");
}

/** Adds a check run under its number. */
export async function addCheckRun(tx: Writer, id: number, run: NewCheckRun): Promise<void> {
  await tx.db
    .insertInto("check_runs")
    .values({
      project_id: tx.project,
      id,
      ...run,
      argv: run.argv && JSON.stringify(run.argv),
      counts: run.counts && JSON.stringify(run.counts),
      failures: run.failures && JSON.stringify(run.failures),
      ended_at: tx.stamp.now(),
    })
    .execute();
}

/** A counted run of tests. */
export const TestRun = z.object({
  id: z.int(),
  check_run_id: field(z.nullable(z.int()), "null = taken over from the original"),
  worktree: z.nullable(z.string()),
  commit_sha: z.nullable(z.string()),
  total: z.int(),
  passed: z.int(),
  failed: z.int(),
  errors: z.int(),
  skipped: z.int(),
  duration_ms: z.nullable(z.int()),
  failed_tests: z.array(z.object({ name: z.string(), message: z.string() })),
  run_at: z.string(),
});
export type TestRun = z.output<typeof TestRun>;

/** Adds a counted run of tests. */
export async function addTestRun(
  tx: Writer,
  task: string,
  run: Omit<TestRun, "id" | "run_at" | "failed_tests">,
  failed: readonly FailedTest[],
): Promise<void> {
  await tx.db
    .insertInto("test_runs")
    .values({
      project_id: tx.project,
      id: await nextNumber(tx, "test_runs"),
      task_id: task,
      ...run,
      failed_tests: JSON.stringify(failed),
      run_at: tx.stamp.now(),
    })
    .execute();
}

/** The counted runs of a task's tests, oldest first. */
export async function listTestRuns(store: Reader, task: string): Promise<TestRun[]> {
  const rows = await store.db
    .selectFrom("test_runs")
    .selectAll()
    .where("project_id", "=", store.project)
    .where("task_id", "=", task)
    .orderBy("id")
    .execute();
  return rows.map((row) =>
    z.parse(TestRun, { ...row, failed_tests: JSON.parse(row.failed_tests) as unknown }),
  );
}
