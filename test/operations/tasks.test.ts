import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { change, query } from "../support/database.ts";
import { must, operate, putInto, refused, runGate, startWorker, trivialWorld } from "../support/operate.ts";
import { createWorld, type World } from "../support/world.ts";

const small = (): World => createWorld({ "README.md": "small\n" });

async function ids(world: World, flags: string): Promise<string[]> {
  const { tasks } = await must(world, `task list ${flags}`.trim());
  return (tasks as { id: string }[]).map(({ id }) => id);
}

test("an id that git, a shell or a file system would misread is refused", async () => {
  const world = small();
  await must(world, "status");
  const long = "A".repeat(300);
  for (const id of [
    "../x",
    "HEAD",
    "head",
    "a b",
    long,
    "",
    "SPEC_1",
    "1-SPEC",
    "A--B",
    "A-",
    "a.lock",
    "ä",
    "master",
    "main",
    "con",
    "A\n",
  ]) {
    await refused(
      world,
      ["task", "create", id, "Title"],
      [2, "invalid_id", /Not a task id/, "calm task create SPEC --next"],
    );
  }
  // What begins with a hyphen is a flag, unless it is said to be none.
  await refused(world, "task create -rf Title", [
    2,
    "invalid_input",
    /-rf?/,
    "comes after --: calm task create -- -rf",
  ]);
  await refused(world, "task create -- -rf Title", [2, "invalid_id", /"-rf"/, "--next"]);
  await refused(world, `task create ${"A".repeat(64)} --next Title`, [
    2,
    "invalid_id",
    /64 characters/,
    "--next",
  ]);
  await must(world, `task create ${"A".repeat(64)} Longest`);
});

test("the default branch's name is no id, whatever it is", async () => {
  const world = small();
  await must(world, "status");
  world.git(["branch", "--move", "trunk"]);
  await refused(world, "task create Trunk Title", [2, "invalid_id", /Trunk is a reserved name/, "--next"]);
});

test("two ids may not differ only in case", async () => {
  const world = small();
  await must(world, "task create Spec-001 First");
  await refused(world, "task create SPEC-001 Second", [
    5,
    "already_exists",
    /Task Spec-001 already exists: First/,
    "calm task show Spec-001",
  ]);
  expect(await must(world, "task show SPEC-001")).toMatchObject({ id: "Spec-001" });
  world.git(["branch", "bug-001"]);
  await must(world, "task create BUG-001 Crash");
  await refused(world, "worktree create BUG-001", [
    5,
    "branch_exists",
    /bug-001 differs from BUG-001 only in case/,
    "git branch -m bug-001",
  ]);
});

test("--next numbers past everything that has a number", async () => {
  const world = small();
  world.git(["branch", "SPEC-041"]);
  world.commit({ "planning_docs/SPEC-007/spec.md": "x\n", "bug_reports/BUG-012.md": "x\n" }, "documents");
  expect((await world.calm(["task", "next-id", "feature"])).out).toBe("SPEC-042\n");
  expect(await must(world, "task create SPEC --next First")).toMatchObject({
    id: "SPEC-042",
    type: "feature",
  });
  expect(await must(world, "task create BUG --next Crash")).toMatchObject({
    id: "BUG-013",
    type: "bug",
    phase: "REPORTED",
  });
  expect(await must(world, "task create SPEC --next Second")).toMatchObject({ id: "SPEC-043" });
  await must(world, "task delete SPEC-043 --yes");
  // A number that was given is not given again, and looking takes none.
  for (const prefix of ["SPEC", "spec", "feature"])
    expect((await must(world, `task next-id ${prefix}`))["id"]).toMatch(/^(SPEC|spec)-044$/);
  expect(await must(world, "task next-id bug")).toEqual({ id: "BUG-014" });
  expect(await must(world, "task next-id NEW")).toEqual({ id: "NEW-001" });
  await refused(world, "task next-id ../x", [2, "invalid_id", /Not a task id/, "--next"]);
  await refused(world, `task next-id ${"A".repeat(62)}`, [2, "invalid_id", /64 characters/, "--next"]);
});

test("T4: tasks never come to block each other", async () => {
  const world = small();
  await must(world, "task create A First");
  await must(world, "task create B Second --blocked-by A");
  await must(world, "task create C Third --blocked-by B,A");
  await refused(world, "task update A --blocked-by C", [
    4,
    "dependency_cycle",
    /A → C → /,
    "calm task show C",
  ]);
  await refused(world, "task update A --blocked-by A", [4, "dependency_cycle", /A → A/, "calm task show A"]);
  await refused(world, "task create D Fourth --blocked-by D", [
    4,
    "dependency_cycle",
    /D → D/,
    "calm task show D",
  ]);
  await refused(world, "task create E Fifth --blocked-by Nobody", [
    3,
    "task_not_found",
    /Nobody/,
    "calm task",
  ]);
  await refused(world, "task create F Sixth --spec F", [
    4,
    "dependency_cycle",
    /its own parent/,
    "calm task list",
  ]);
  await must(world, "task create P Parent --spec Q");
  await refused(world, "task create Q Root --spec p", [
    ...([4, "dependency_cycle", /each other's parents: Q → P → Q/] as const),
    "calm task show P",
  ]);
  await must(world, "task create Q Root");
  await must(world, "task create R Deep --spec p");
  await refused(world, "task update Q --spec R", [4, "dependency_cycle", /Q → R → P → Q/, "task show R"]);
  expect(await must(world, "task show R")).toMatchObject({ spec_id: "P" });
  await refused(world, "task delete A --yes", [
    4,
    "blocks_others",
    /A blocks B, C/,
    "calm task update B --blocked-by ''",
  ]);
  expect(await must(world, ["task", "update", "C", "--blocked-by", ""])).toMatchObject({ blocked_by: [] });
  expect(await must(world, "task update C --blocked-by b")).toMatchObject({ blocked_by: ["B"] });
});

test("list filters, and update clears", async () => {
  const world = small();
  await must(world, [
    "task",
    "create",
    "SPEC-001",
    "Export as CSV",
    "--notes",
    "100% of it",
    "--priority",
    "0",
  ]);
  const touched = await must(
    world,
    "task create SPEC-002 Import --blocked-by SPEC-001 --touches ./src//,test/,src/",
  );
  expect(touched["touches"]).toEqual(["src/", "test/"]);
  for (const path of ["/etc/passwd", "~/x", "C:\\x", "../x", "src/../../x", ".", "a\nb"])
    await refused(
      world,
      ["task", "update", "SPEC-002", "--touches", path],
      [2, "invalid_input", /--touches (is relative|may not|names no)/, "calm task update --help"],
    );
  await must(world, "task create BUG-001 Crash --spec SPEC-001");
  await must(world, "task create SPEC-003 Old");
  putInto(world, "SPEC-003", "DONE");
  expect(await ids(world, "")).toEqual(["SPEC-001", "SPEC-002", "BUG-001"]);
  expect(await ids(world, "--include-done --type feature")).toEqual(["SPEC-001", "SPEC-002", "SPEC-003"]);
  expect(await ids(world, "--phase done")).toEqual(["SPEC-003"]);
  expect(await ids(world, "--ready")).toEqual(["SPEC-001", "BUG-001"]);
  expect(await ids(world, "--blocked")).toEqual(["SPEC-002"]);
  expect(await ids(world, "--spec spec-001")).toEqual(["BUG-001"]);
  expect(await ids(world, "--search csv")).toEqual(["SPEC-001"]);
  expect(await ids(world, "--search test/")).toEqual(["SPEC-002"]);
  expect(await ids(world, "--search 0%")).toEqual(["SPEC-001"]);
  expect(await ids(world, "--search %")).toEqual(["SPEC-001"]);
  expect(await ids(world, "--search _")).toEqual([]);
  expect(await ids(world, "--ready --limit 1")).toEqual(["SPEC-001"]);
  await must(world, "task update SPEC-001 --priority 3");
  expect(await ids(world, "--ready --limit 1")).toEqual(["BUG-001"]);
  expect(await ids(world, "--ready")).toEqual(["BUG-001", "SPEC-001"]);
  await refused(world, "task list --ready --blocked", [
    2,
    "invalid_input",
    /--ready or --blocked/,
    "calm task list",
  ]);
  await must(world, ["task", "update", "SPEC-001", "--title", "Ünï ".repeat(60)]);
  for (const columns of [80, 200]) {
    const { out } = await world.calm(["task", "list"], { env: { COLUMNS: String(columns) } });
    const widths = out
      .trimEnd()
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBe(columns);
  }
  await must(world, ["task", "update", "SPEC-001", "--title", "Export as CSV"]);
  await refused(world, "task list --phase TSET", [
    2,
    "unknown_transition",
    /Unknown phase: TSET/,
    "Did you mean TEST?",
  ]);
  await refused(world, "task list --limit 0", [2, "invalid_input", /--limit/, "--help"]);
  expect((await world.calm(["task", "list", "--phase", "TEST"])).out).toBe("No tasks found.\n");
  await must(world, [
    "task",
    "update",
    "SPEC-002",
    "--notes",
    "n",
    "--spec",
    "SPEC-001",
    "--specialist",
    "backend",
  ]);
  const cleared = ["--notes", "", "--spec", "", "--specialist", "", "--touches", "", "--blocked-by", ""];
  expect(await must(world, ["task", "update", "SPEC-002", ...cleared])).toMatchObject({
    ...{ notes: null, spec_id: null, specialist: null, touches: [], blocked_by: [] },
  });
  await refused(world, "task update SPEC-002", [
    2,
    "nothing_to_update",
    /Nothing to change/,
    "calm task update --help",
  ]);
  await refused(
    world,
    ["task", "update", "SPEC-002", "--title", " "],
    [2, "invalid_input", /may not be empty/, "--help"],
  );
  await refused(world, "task update SPEC-002 --priority 9", [2, "invalid_input", /--priority/, "--help"]);
  const named = await operate(world, "task update SPEC-002 --spec SPEC-999");
  expect(named.warnings).toEqual([expect.stringContaining("There is no task SPEC-999 yet")]);
});

test("a deleted task keeps its rows in the log, and its id starts afresh", async () => {
  const world = await trivialWorld();
  await must(world, ["task", "create", "SPEC-001", "Subtract", "--notes", "old"]);
  await must(world, "worktree create SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.commit({ "planning_docs/SPEC-001/spec.md": "# Spec\n\nIt subtracts.\n" }, "spec", tree);
  const worker = await startWorker(world, "SPEC-001", "reviewer");
  await must(world, `review record SPEC-001 spec approved --worker ${worker}`);
  await runGate(world, "gate check SPEC-001", false);
  await refused(world, "task delete SPEC-001", [
    4,
    "unmerged_work",
    /commits that were not merged/,
    "calm worktree merge SPEC-001",
  ]);
  await refused(world, "task delete SPEC-001 --force", [4, "needs_yes", /Delete task SPEC-001/, "--yes"]);
  expect(await must(world, "task delete SPEC-001 --force --dry-run")).toMatchObject({ dry_run: true });
  const head = world.git(["rev-parse", "HEAD"], tree);
  const gone = await must(world, "task delete SPEC-001 --force --yes");
  expect(gone).toMatchObject({ kept: "refs/calm/attic/SPEC-001/1", worktree: tree });
  expect(world.git(["rev-parse", "refs/calm/attic/SPEC-001/1"])).toBe(head);
  expect(existsSync(tree)).toBe(false);
  const { events } = await must(world, "log --task SPEC-001");
  const last = (events as { data: { rows: Record<string, unknown[]> } }[]).at(-1);
  const counts = Object.entries(last?.data.rows ?? {}).map(([table, rows]) => [table, rows.length]);
  expect(Object.fromEntries(counts)).toMatchObject({
    tasks: 1,
    reviews: 1,
    workers: 1,
    worktrees: 1,
    phase_transitions: 1,
    gate_runs: 1,
    check_runs: 2,
  });
  await refused(world, "task show SPEC-001", [
    3,
    "task_not_found",
    /SPEC-001/,
    "calm task list --include-done",
  ]);
  await must(world, "task create SPEC-001 Again");
  expect(await must(world, "task show SPEC-001")).toMatchObject({
    ...{
      notes: null,
      specialist: null,
      worktree_path: null,
      gate_runs: [],
      reviews: [],
      workers: [],
      test_runs: [],
    },
    ...{ history: [expect.anything()], next: "calm worktree create SPEC-001" },
  });
});

test("a worktree that git cannot look into is never removed", async () => {
  const world = await trivialWorld();
  await must(world, "task create SPEC-001 Subtract");
  const tree = (await must(world, "worktree create SPEC-001"))["path"] as string;
  world.write("precious.txt", "not committed\n", tree);
  const repair = `git -C ${world.repository} worktree repair`;
  const unreadable = [4, "worktree_unreadable", /no longer leads into this repository/, repair] as const;
  const dotGit = join(tree, ".git");
  for (const spoil of [
    () => {
      writeFileSync(dotGit, `gitdir: ${world.folder}/nowhere\n`);
    },
    () => {
      rmSync(dotGit);
    },
  ]) {
    spoil();
    await refused(world, "worktree remove SPEC-001", unreadable);
    await refused(world, "worktree remove SPEC-001 --force --yes", unreadable);
    await refused(world, "task delete SPEC-001 --force --yes", unreadable);
    await refused(world, "gate check SPEC-001", unreadable);
  }
  world.git(["worktree", "repair"]);
  await refused(world, "worktree remove SPEC-001", [
    4,
    "dirty_worktree",
    /precious.txt/,
    "calm worktree remove SPEC-001 --force",
  ]);
  const removed = await must(world, "worktree remove SPEC-001 --force --yes");
  expect(world.git(["show", `${String(removed["kept"])}:precious.txt`])).toBe("not committed");
});

test("T3: no column takes a list that is no JSON, so that no list breaks on one", async () => {
  const world = small();
  await must(world, "task create A First");
  const path = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const tables = query<{ name: string; sql: string }>(
    path,
    "select name, sql from sqlite_master where type = 'table'",
  );
  const guarded = tables.flatMap(({ name, sql }) =>
    [...sql.matchAll(/json_valid\s*\((\w+)\)/g)].map(([, column = ""]) => ({ name, column })),
  );
  expect(guarded).toContainEqual({ name: "tasks", column: "touches" });
  expect(guarded).toContainEqual({ name: "events", column: "data" });
  for (const { name, column } of guarded.filter((one) => ["tasks", "events"].includes(one.name)))
    expect(() => {
      change(path, `update ${name} set ${column} = '["A"'`);
    }, column).toThrow(/CHECK/);
  expect((await must(world, "task list"))["tasks"]).toHaveLength(1);
});
