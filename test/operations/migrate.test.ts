import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Remark, TableAccount } from "../../src/migrate/account.ts";
import { change, query } from "../support/database.ts";
import { must, operate, refused, stateOf } from "../support/operate.ts";
import {
  clawsSchema,
  growOriginal,
  looseSchema,
  makeOriginal,
  pythonSchema,
  realSizeRows,
  type Rows,
} from "../support/original.ts";
import { long } from "../support/samples.ts";
import { createWorld, type World } from "../support/world.ts";

function accountOf(data: Record<string, unknown>, table: string): Partial<TableAccount> | undefined {
  return (data["tables"] as TableAccount[]).find((one) => one.table === table);
}

/** Why each row came in changed or not at all, as `table key outcome: reason`. */
function reasonsOf(data: Record<string, unknown>): string[] {
  const remarks = data["remarks"] as Remark[];
  return remarks.flatMap(({ table, outcome, reason, rows }) =>
    rows.map((row) => `${table} ${row} ${outcome}: ${reason}`),
  );
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

function ask<T>(world: World, sql: string): T[] {
  return query<T>(databaseOf(world), sql);
}

function clawsWorld(rows: Rows, schema = clawsSchema): { readonly world: World; readonly claws: string } {
  const world = createWorld();
  const claws = join(world.repository, ".claude/claws.db");
  makeOriginal(claws, schema, rows);
  return { world, claws };
}

const at = "2025-12-04 10:20:30";

long("a claws.db of real size comes over, its account adds up, and everything works afterwards", async () => {
  const { world, claws } = clawsWorld(realSizeRows());
  const rehearsed = await must(world, "migrate --dry-run");
  expect(existsSync(databaseOf(world))).toBe(false);
  const data = await must(world, "migrate");
  expect({ ...data, dry_run: true }).toEqual(rehearsed);
  expect(accountOf(data, "tasks")).toMatchObject({ read: 130, kept: 101, changed: 29, set_aside: 0 });
  expect(accountOf(data, "workers")).toMatchObject({ read: 640, kept: 74, set_aside: 566 });
  expect(accountOf(data, "phase_transitions")).toMatchObject({ read: 560, kept: 548, changed: 12 });
  expect(accountOf(data, "merge_log")).toMatchObject({ read: 69, kept: 69 });
  expect(accountOf(data, "test_runs")).toMatchObject({ read: 120, kept: 97, set_aside: 23 });
  expect(accountOf(data, "reviews")).toMatchObject({ read: 90, kept: 87, set_aside: 3 });
  expect(ask(world, "select count(*) as rows from migration_leftovers")).toEqual([
    { rows: 29 + 566 + 12 + 23 + 3 },
  ]);
  expect(ask(world, "select * from gate_passes")).toEqual([]);
  for (const line of ["task list --include-done", "status", "worker list", "log", "review list SPEC-005"]) {
    await must(world, line);
  }
  expect(await must(world, "task show SPEC-001")).toMatchObject({
    phase: "DONE",
    gate_runs: [{ state: "imported" }],
  });
  expect((await must(world, "task list --include-done"))["tasks"]).toHaveLength(130);
  const before = stateOf(world);
  const again = await must(world, "migrate");
  expect((again["tables"] as TableAccount[]).every((one) => one.read === one.already_here)).toBe(true);
  expect((await world.calm(["migrate"])).out).toContain("Nothing is new; nothing was changed.");
  expect(stateOf(world)).toEqual(before);
  growOriginal(claws, { merge_log: [{ task_id: "SPEC-001", merged_at: at, merge_commit: "abc1234" }] });
  expect(accountOf(await must(world, "migrate"), "merge_log")).toMatchObject({
    read: 70,
    kept: 1,
    already_here: 69,
  });
});

const task = (id: string, rest: Rows[string][number] = {}): Rows[string][number] => ({
  ...{ id, title: id, phase: "SPEC", task_type: "feature", created_at: at, updated_at: at },
  ...rest,
});
const longTitle = "x".repeat(600);

/** A row for each flaw that real files have, or that SQLite would let in. */
const flawed: Rows = {
  tasks: [
    task("GOOD-1", { phase: "TEST", spec_id: "SPEC-404", specialist: "backend", notes: "one\ntwo" }),
    task("GOOD-2", { blocked_by: '["GOOD-1"]' }),
    ...[task("F-01", { blocked_by: "GOOD-1" }), task("F-02", { blocked_by: '["GOOD-1"' })],
    ...[task("F-03", { blocked_by: '["SPEC-404"]' }), task("F-04", { blocked_by: '["F-04"]' })],
    ...[task("F-05", { blocked_by: '["F-06"]' }), task("F-06", { blocked_by: '["F-05"]' })],
    ...[
      task("F-07", { phase: "REVIEW" }),
      task("F-08", { phase: "ON_FIRE" }),
      task("F-09", { phase: "MERGED" }),
    ],
    ...[
      task("F-10", { task_type: "chore" }),
      task("F-11", { title: "two\nlines" }),
      task("F-12", { title: longTitle }),
    ],
    ...[task("F-13"), task("F-14", { title: null }), task("F-15", { spec_id: "F-15" })],
    ...[task("F-16", { created_at: "once" }), task("F-17", { worktree_path: "/Users/x/.worktrees/F-17" })],
    ...[
      task("F-18", { title: new Uint8Array([255]) }),
      task("F-19", { title: 42, notes: 9_007_199_254_740_993n }),
    ],
    ...[task("good-1"), task("HEAD"), task("a b"), task("x".repeat(65)), task("TAKEN-1"), task("")],
  ],
  workers: [
    { id: "W-1", task_id: null, role: "backend", status: "completed", started_at: at },
    { id: "W-2", task_id: "GOOD-1", role: "backend", status: "idle", started_at: at, ended_at: at },
    { id: "W-3", task_id: "GOOD-1", role: "backend", status: "stale", started_at: at },
    { id: "W-4", task_id: "GOOD-1", role: "backend", status: "active", started_at: at },
    { id: "W-5", task_id: "GOOD-1", role: "backend", status: "lost", started_at: at },
    { id: "W-2", task_id: "GOOD-1", role: "frontend", status: "idle", started_at: at },
    { id: "W 7", task_id: "GOOD-1", role: "backend", status: "idle", started_at: at },
    { id: "W-6", task_id: "TAKEN-1", role: "backend", status: "idle", started_at: at },
  ],
  phase_transitions: [
    { id: 1, task_id: "GOOD-1", from_phase: null, to_phase: "SPEC", transitioned_at: at },
    {
      id: 2,
      task_id: "GOOD-1",
      from_phase: "VERIFY",
      to_phase: "IMPLEMENT",
      gate_result: "reset",
      transitioned_at: at,
    },
    { id: 3, task_id: "GOOD-1", from_phase: "SPEC", to_phase: null, transitioned_at: at },
    {
      id: 4,
      task_id: "GOOD-1",
      from_phase: "TEST",
      to_phase: "TEST",
      gate_result: "pass",
      transitioned_at: null,
    },
  ],
  reviews: [
    { id: 1, task_id: "GOOD-1", review_type: "code", result: "approved", worker_id: "W-2", created_at: at },
    { id: 2, task_id: "GOOD-1", review_type: "code", result: "approved", worker_id: "W-2", created_at: at },
    { id: 3, task_id: "GONE-1", review_type: "code", result: "approved", created_at: at },
    { id: 4, task_id: "GOOD-1", review_type: "poetry", result: "approved", created_at: at },
    { id: 5, task_id: "GOOD-1", review_type: "code", result: "approved with suggestions", created_at: at },
  ],
  test_runs: [
    { id: 1, task_id: "GOOD-1", commit_sha: "abc1234", passed: 0, failed: 0, skipped: 0, run_at: at },
    { id: 2, task_id: "tmpAbC", passed: 1, failed: 0, run_at: at },
    {
      id: 3,
      task_id: "GOOD-1",
      passed: -1,
      failed: 0,
      duration_seconds: "soon",
      failed_tests: "{",
      run_at: at,
    },
    {
      id: 4,
      task_id: "GOOD-1",
      passed: 1,
      failed: 1,
      failed_tests: '[{"test":"t","error":"e"}]',
      run_at: 1_764_843_630,
    },
  ],
  gate_passes: [
    { id: 1, task_id: "GOOD-1", transition: "TEST-INTEGRATE", commit_sha: "abc1234", passed_at: at },
    { id: 2, task_id: "GOOD-1", transition: "TEST-INTEGRATE", commit_sha: "a".repeat(40), passed_at: at },
    { id: 3, task_id: "GOOD-1", transition: "all of them", commit_sha: "abc1234", passed_at: at },
    { id: 4, task_id: "GOOD-1", transition: "TEST-INTEGRATE", commit_sha: "HEAD", passed_at: at },
  ],
  merge_log: [
    { id: 1, task_id: "GOOD-1", merged_at: at, merge_commit: "b".repeat(40) },
    { id: 2, task_id: "GOOD-1", merged_at: at, merge_commit: null },
  ],
  counters: [
    ...[
      { name: "merge_lock", value: -1 },
      { name: "merges_since_e2e", value: 7 },
      { name: "deploys", value: 2 },
    ],
    ...[
      { name: "merges_since_docs", value: 1 },
      { name: "not a name", value: 1 },
    ],
  ],
  sessions: [
    {
      id: "S-1",
      created_at: at,
      handoff_content: Buffer.from("# Go on\nhere").toString("base64"),
      needs_continuation: 1,
    },
    { id: "S-2", created_at: at, handoff_content: null },
  ],
};

test("every flaw is named: what is changed, what is set aside, and nothing is lost", async () => {
  const { world, claws } = clawsWorld(flawed, looseSchema);
  change(claws, "update tasks set title = 'a' || char(0) || 'b' where id = 'F-13'");
  await must(world, "task create TAKEN-1 Mine");
  await must(world, "counter set merges_since_docs 5");
  const data = await must(world, "migrate");
  const reasons = reasonsOf(data).sort();
  expect(reasons).toMatchSnapshot();
  for (const one of data["tables"] as TableAccount[]) {
    expect(one.read).toBe(one.kept + one.changed + one.set_aside + one.already_here);
    expect(one.read).toBe(flawed[one.table]?.length);
  }
  expect(ask(world, "pragma foreign_key_check")).toEqual([]);
  expect(await must(world, "task show GOOD-1")).toMatchObject({
    ...{ phase: "TEST", spec_id: "SPEC-404", notes: "one\ntwo", created_at: "2025-12-04T10:20:30.000Z" },
    history: [
      { from_phase: "" },
      { gate_result: null, gate_details: "reset" },
      { from_phase: "TEST", to_phase: "TEST" },
    ],
    gate_runs: [{ verdict: null }, { verdict: null }],
    test_runs: [
      { total: 0, check_run_id: null },
      { total: 0 },
      { total: 2, failed_tests: [{ name: "t", message: "e" }] },
    ],
    workers: [
      { status: "completed" },
      { status: "session_ended" },
      { status: "session_ended" },
      { status: "session_ended" },
    ],
  });
  expect((await must(world, "task show TAKEN-1"))["title"]).toBe("Mine");
  expect(ask(world, "select name, value from counters order by name")).toEqual([
    ...[
      { name: "deploys", value: 2 },
      { name: "merge_lock", value: 0 },
    ],
    ...[
      { name: "merges_since_docs", value: 5 },
      { name: "merges_since_e2e", value: 7 },
    ],
  ]);
  expect(ask(world, "select content, needs_continuation as pending from sessions")).toEqual([
    { content: "# Go on\nhere", pending: 1 },
  ]);
  const leftovers = await must(world, "migrate leftovers --table tasks --limit 500");
  expect(JSON.stringify(leftovers)).toContain(longTitle);
  const before = stateOf(world);
  await must(world, "migrate");
  expect(stateOf(world)).toEqual(before);
});

test("what the original passed, reviewed and merged opens no gate", async () => {
  const { world } = clawsWorld({
    tasks: [
      task("SPEC-1", { phase: "IMPLEMENT" }),
      task("SPEC-2", { phase: "VERIFY" }),
      task("BUG-1", { phase: "MERGED", task_type: "bug" }),
    ],
    gate_passes: [{ task_id: "SPEC-1", transition: "IMPLEMENT-CODE_REVIEW", commit_sha: "a".repeat(40) }],
    merge_log: [
      { task_id: "SPEC-2", merge_commit: "b".repeat(40) },
      { task_id: "BUG-1", merge_commit: "c".repeat(40) },
    ],
    reviews: [1, 2].map((id) => ({
      ...{
        task_id: "SPEC-1",
        artifact_type: "code",
        review_num: id,
        result: "approved",
        reviewer_worker_id: `W-${id}`,
      },
    })),
  });
  await must(world, "trust --yes");
  await must(world, "migrate");
  await must(world, "worktree create SPEC-1");
  await refused(world, "task transition SPEC-1 CODE_REVIEW", [
    4,
    "gate_not_run",
    /has not been run/,
    "gate check",
  ]);
  expect((await operate(world, "review check SPEC-1 code")).exitCode).toBe(1);
  const verify = await operate(world, "gate check SPEC-2 VERIFY-DONE");
  expect(verify.exitCode).toBe(1);
  expect(JSON.stringify(verify.data)).toContain("Only the original says that bbbbbbb merged SPEC-2");
  const done = await operate(world, "gate check BUG-1 MERGED-DONE");
  expect(JSON.stringify(done.data)).toContain("calm task override BUG-1 MERGED-DONE --check");
});

test("a backup from before or after the migration is restored as any other, and migrating again doubles nothing", async () => {
  const { world } = clawsWorld({
    tasks: [task("SPEC-1", { phase: "DONE" }), task("SPEC-2", { blocked_by: "SPEC-1" })],
    // The newest merge that is known, of a commit that no git can find by this.
    merge_log: [{ task_id: "SPEC-1", merge_commit: "abc1234", merged_at: "2026-01-01 00:00:00" }],
    workers: [{ id: "W-1", specialist_type: "backend", status: "completed" }],
  });
  const leftovers = (): unknown[] =>
    ask(world, "select table_name, reason from migration_leftovers order by table_name");
  await must(world, "init");
  await must(world, "backup create before");
  await must(world, "migrate");
  await must(world, "backup create after");
  const left = leftovers();
  expect(left).toHaveLength(2);
  expect(await must(world, "doctor")).toMatchObject({ passed: true });
  const reconciled = { projects: [{ reconciled: true, merges: [], gone: [] }] };
  expect(await must(world, "backup restore after --yes")).toMatchObject(reconciled);
  expect(await must(world, "backup restore before --yes")).toMatchObject(reconciled);
  expect(leftovers()).toEqual([]);
  await must(world, "migrate");
  expect(leftovers()).toEqual(left);
  await must(world, "backup restore after --yes");
  expect(leftovers()).toEqual(left);
  expect(accountOf(await must(world, "migrate"), "tasks")).toMatchObject({ read: 2, already_here: 2 });
});

test("a worktree that git has on the task's branch is adopted, and work goes on in it", async () => {
  const { world } = clawsWorld({
    tasks: [
      task("SPEC-1", { phase: "IMPLEMENT", worktree_path: ".worktrees/SPEC-1" }),
      task("SPEC-2", { phase: "IMPLEMENT", worktree_path: ".worktrees/elsewhere" }),
    ],
  });
  world.git(["worktree", "add", "--quiet", "-b", "SPEC-1", ".worktrees/SPEC-1"]);
  world.git(["worktree", "add", "--quiet", "-b", "other", ".worktrees/elsewhere"]);
  world.commit({ "src/new.js": "1\n" }, "work", world.worktree("SPEC-1"));
  expect(reasonsOf(await must(world, "migrate"))).toEqual([
    "tasks SPEC-2 changed: its worktree is on a branch of another name",
  ]);
  expect((await must(world, "worktree path SPEC-1"))["path"]).toBe(world.worktree("SPEC-1"));
  const listed = (await must(world, "worktree list"))["worktrees"] as {
    task: string | null;
    ahead: number;
  }[];
  expect(listed.find((one) => one.task === "SPEC-1")).toMatchObject({ ahead: 1, problems: [] });
});

test("a Python database without a task is adopted, and that is told all the same", async () => {
  const world = createWorld();
  makeOriginal(databaseOf(world), pythonSchema);
  const told = [/Would take over: .*, in place/, /must not write this database/, /next: calm migrate\n/];
  const rehearsed = await world.calm(["migrate", "--dry-run"]);
  for (const line of told) expect(rehearsed.out + rehearsed.err).toMatch(line);
  expect((await world.calm(["migrate"])).out).toContain("A copy of the database as it was: ");
  await must(world, "task list");
  expect((await world.calm(["migrate"])).out).toContain("It holds no task and no history.");
});

test("init tells of a claws.db until it has been taken over", async () => {
  const { world, claws } = clawsWorld({ tasks: [task("SPEC-1")] });
  expect(await must(world, "init")).toMatchObject({ original: claws });
  await must(world, "migrate");
  expect(await must(world, "init")).toMatchObject({ original: null });
});

test("a file of a name that no file can have is not found", async () => {
  const world = createWorld();
  await must(world, "init");
  await refused(
    world,
    ["migrate", "x".repeat(600)],
    [3, "original_not_found", /Looked at/, "calm migrate <path"],
  );
});
