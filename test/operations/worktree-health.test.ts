import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownIdentity } from "../../src/system/process-identity.ts";
import { change } from "../support/database.ts";
import { mergeable, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, stateOf } from "../support/operate.ts";
import type { World } from "../support/world.ts";

interface Issue {
  readonly kind: string;
  readonly task: string | null;
  readonly command: string;
  readonly repair: string | null;
}

const health = "worktree health";

async function withWorktree(world: World, ...tasks: readonly string[]): Promise<void> {
  for (const task of tasks) {
    await must(world, ["task", "create", task, `Title of ${task}`]);
    await must(world, `worktree create ${task}`);
  }
}

const databaseOf = (world: World): string => join(world.env["CALM_HOME"] ?? "", "metadata.db");

/** One of everything that can be wrong, beside what is right. */
async function sickWorld(): Promise<World> {
  const world = await mergeWorld();
  await withWorktree(world, "FINE", "GONE", "DONE-CLEAN", "IDLE", "DETACHED");
  await mergeable(world, "DONE-WORK");
  await mergeable(world, "DONE-GONE");
  for (const task of ["DONE-CLEAN", "DONE-WORK"]) putIntoPhase(world, task, "DONE");
  world.commit({ "src/gone": "kept by its branch\n" }, "work", world.worktree("GONE"));
  rmSync(world.worktree("GONE"), { recursive: true });
  rmSync(world.worktree("DONE-GONE"), { recursive: true });
  world.git(["worktree", "add", "--quiet", "../own", "-b", "own"]);
  world.git(["worktree", "add", "--quiet", "../own-gone", "-b", "own-gone"]);
  rmSync(join(world.folder, "own-gone"), { recursive: true });
  mkdirSync(join(world.repository, ".worktrees", "stray"));
  writeFileSync(join(world.repository, ".worktrees", "stray", "work"), "mine\n");
  for (const task of ["LONE", "LONE-DONE", "FOREIGN"]) await must(world, ["task", "create", task, "Title"]);
  putIntoPhase(world, "LONE-DONE", "DONE");
  world.git(["branch", "LONE"]);
  world.git(["branch", "LONE-DONE"]);
  world.git(["worktree", "add", "--quiet", ".worktrees/FOREIGN", "-b", "FOREIGN"]);
  world.git(["checkout", "--quiet", "--detach"], world.worktree("DETACHED"));
  change(
    databaseOf(world),
    "update worktrees set created_at = '2025-12-01T00:00:00.000Z' where task_id = 'IDLE'",
  );
  const lock = join(world.repository, ".git", "index.lock");
  writeFileSync(lock, "");
  utimesSync(lock, new Date("2025-12-01"), new Date("2025-12-01"));
  return world;
}

const kindsOf = (issues: unknown): string[] =>
  (issues as Issue[]).map(({ kind, task }) => `${kind} ${task ?? ""}`.trim()).sort();

const forPeople = [
  ...["lone_branch LONE", "landed_task DONE-WORK", "old_lock", "orphan_folder", "stale IDLE"],
  ...["unknown_worktree FOREIGN", "wrong_branch DETACHED", "missing_folder"],
];
const fixable = [
  ...["landed_task DONE-CLEAN", "lone_branch LONE-DONE", "missing_folder DONE-GONE"],
  "missing_folder GONE",
];

test("worktree health finds one of everything, repairs what is safe and leaves the rest whole", async () => {
  const world = await sickWorld();
  const before = stateOf(world);
  const found = await operate(world, health);
  expect([found.exitCode, kindsOf(found.data["issues"])]).toEqual([1, [...forPeople, ...fixable].sort()]);
  const dry = await operate(world, `${health} --fix --dry-run`);
  expect([dry.exitCode, kindsOf(dry.data["fixed"]), kindsOf(dry.data["issues"])]).toEqual([
    1,
    fixable,
    forPeople.sort(),
  ]);
  expect(stateOf(world)).toEqual(before);
  const fixed = await operate(world, `${health} --fix`);
  expect([fixed.exitCode, kindsOf(fixed.data["fixed"])]).toEqual([1, fixable]);
  // The branches of the folders that are gone hold all that was committed.
  const left = [...forPeople, "lone_branch DONE-GONE", "lone_branch GONE"].sort();
  expect(kindsOf(fixed.data["issues"])).toEqual(left);
  expect(world.git(["show", "GONE:src/gone"])).toBe("kept by its branch");
  expect(world.git(["show", "DONE-WORK:src/DONE-WORK"])).toBe("DONE-WORK");
  expect(existsSync(join(world.repository, ".worktrees", "stray", "work"))).toBe(true);
  expect(existsSync(world.worktree("DONE-CLEAN"))).toBe(false);
  expect(existsSync(join(world.folder, "own"))).toBe(true);
  // Somebody's own that is gone may lie on a disk that is not mounted now (W4).
  expect(world.git(["worktree", "list"])).toContain("own-gone");
  expect(world.git(["branch", "--list", "--format=%(refname:short)", "LONE-DONE", "DONE-CLEAN"])).toBe("");
});

test("the command of an issue deals with it", async () => {
  const world = await mergeWorld();
  await withWorktree(world, "DETACHED", "GONE");
  await must(world, "task create LONE Title");
  world.git(["branch", "LONE"]);
  world.git(["checkout", "--quiet", "--detach"], world.worktree("DETACHED"));
  rmSync(world.worktree("GONE"), { recursive: true });
  for (let round = 0; round < 5; round++) {
    const { data } = await operate(world, health);
    const [issue] = data["issues"] as Issue[];
    if (!issue) break;
    const [program = "", ...words] = issue.command.split(" ");
    if (program === "git") world.git(words);
    else await operate(world, words);
  }
  expect(await must(world, health)).toMatchObject({ passed: true, issues: [] });
  expect((await world.calm(["worktree", "health"])).out).toBe("Worktree Health\nStatus: No issues\n");

  // A folder that was only moved is not forgotten with what was staged in it.
  await withWorktree(world, "MOVED");
  const [tree, elsewhere] = [world.worktree("MOVED"), join(world.folder, "elsewhere")];
  world.write("s", "staged\n", tree);
  world.git(["add", "s"], tree);
  renameSync(tree, elsewhere);
  const { warnings } = await operate(world, `${health} --fix`);
  expect(warnings).toEqual([expect.stringMatching(/staged changes.*worktree repair <new path>/) as string]);
  world.git(["worktree", "repair", elsewhere]);
  expect(world.git(["show", ":s"], elsewhere)).toBe("staged");
});

test("what lies where a worktree was is moved aside, and the worktree comes back from where it is now", async () => {
  const world = await mergeWorld();
  await withWorktree(world, "LOST", "MOVED");
  const [lost, moved, elsewhere] = [
    world.worktree("LOST"),
    world.worktree("MOVED"),
    join(world.folder, "x y"),
  ];
  world.write("mine", "work\n", moved);
  renameSync(moved, elsewhere);
  world.git(["worktree", "repair", elsewhere]);
  rmSync(lost, { recursive: true });
  world.git(["worktree", "prune"]);
  for (const folder of [lost, moved]) world.write("other", "somebody's\n", folder);
  const { issues } = (await operate(world, health)).data as { issues: Issue[] };
  expect(issues).toMatchObject([
    { kind: "missing_folder", task: "LOST", command: `mv ${lost} ${lost}.old`, repair: null },
    { kind: "missing_folder", task: "MOVED", repair: null },
  ]);
  for (const { command } of issues) execFileSync("sh", ["-c", command], { env: world.env });
  expect(await must(world, "worktree path MOVED")).toMatchObject({ path: moved });
  expect(readFileSync(join(moved, "mine"), "utf8")).toBe("work\n");
  expect(readFileSync(join(`${moved}.old`, "other"), "utf8")).toBe("somebody's\n");
  const after = await operate(world, `${health} --fix`);
  expect(kindsOf(after.data["fixed"])).toEqual(["missing_folder LOST"]);
  expect(kindsOf(after.data["issues"])).toEqual(["orphan_folder", "orphan_folder"]);
});

test("whatever takes the place of a worktree is moved aside, over and into nothing", async () => {
  const world = await mergeWorld();
  const others: Readonly<Record<string, (path: string) => void>> = {
    FILE: (path) => {
      writeFileSync(path, "somebody's\n");
      writeFileSync(`${path}.old`, "older\n");
      writeFileSync(`${world.repository}-FILE.old`, "oldest\n");
    },
    LINK: (path) => {
      symlinkSync(join(world.folder, "LINK"), path);
    },
    REPO: (path) => {
      world.git(["init", "--quiet", path]);
      mkdirSync(`${path}.old`);
    },
    TREE: (path) => {
      const other = join(world.folder, "other");
      world.git(["clone", "--quiet", world.repository, other]);
      world.git(["worktree", "add", "--quiet", path], other);
    },
  };
  const tasks = Object.keys(others);
  await withWorktree(world, ...tasks, "LOCKED", "NOTED");
  for (const task of [...tasks, "LOCKED"]) {
    const [path, moved] = [world.worktree(task), join(world.folder, task)];
    renameSync(path, moved);
    world.git(["worktree", "repair", moved]);
    (others[task] ?? mkdirSync)(path);
  }
  world.git(["worktree", "lock", join(world.folder, "LOCKED")]);
  // git still knows this one.
  rmSync(world.worktree("NOTED"), { recursive: true });
  writeFileSync(world.worktree("NOTED"), "");
  const { issues } = (await operate(world, health)).data as { issues: Issue[] };
  const displaced = issues.filter(({ kind }) => kind === "missing_folder");
  expect(displaced.map(({ task }) => task)).toEqual([...tasks, "LOCKED", "NOTED"]);
  for (const { command } of displaced) execFileSync("sh", ["-c", command], { env: world.env });
  for (const task of tasks) expect(world.git(["branch", "--show-current"], world.worktree(task))).toBe(task);
  expect(readFileSync(`${world.worktree("FILE")}.old`, "utf8")).toBe("older\n");
  expect(readFileSync(`${world.worktree("FILE")}.old-2`, "utf8")).toBe("somebody's\n");
  expect(existsSync(join(`${world.worktree("REPO")}.old-2`, ".git"))).toBe(true);
  const after = await operate(world, `${health} --fix`);
  expect(kindsOf(after.data["fixed"])).toEqual(["missing_folder LOCKED", "missing_folder NOTED"]);
  expect(kindsOf(after.data["issues"])).toContain("unknown_worktree LOCKED");
  const older = `${world.worktree("FILE")}.old`;
  expect(after.data["issues"]).toContainEqual(
    expect.objectContaining({ command: `mv ${older} ${world.repository}-FILE.old-2` }),
  );
});

test("an interrupted operation is finished or taken back; one at work is left alone", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-001 Title");
  const data = JSON.stringify({
    ...{ kind: "creation", path: world.worktree("SPEC-001"), branch: "SPEC-001", adopt: "nothing" },
    base: world.git(["rev-parse", "main"]),
  });
  const entry = (id: string, pid: number, started: string): string =>
    `insert into journal select id, '${id}', 'worktree create', 'SPEC-001', 'creating', '${data}', 0, 'user:ann', 'here', ${pid}, '${started}', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', null, null, null from projects`;
  world.git(["worktree", "add", "--quiet", ".worktrees/SPEC-001", "-b", "SPEC-001"]);
  const { pid, started } = ownIdentity();
  change(databaseOf(world), entry("OP-live", pid, started));
  expect(await must(world, health)).toMatchObject({ passed: true });
  change(databaseOf(world), `update journal set pid = 999999999, pid_started = 'never' where id = 'OP-live'`);
  const found = await operate(world, health);
  expect(kindsOf(found.data["issues"])).toEqual(["interrupted SPEC-001", "unknown_worktree SPEC-001"]);
  const fixed = await operate(world, `${health} --fix`);
  expect([fixed.exitCode, kindsOf(fixed.data["fixed"])]).toEqual([
    0,
    ["interrupted SPEC-001", "unknown_worktree SPEC-001"],
  ]);
  expect(existsSync(world.worktree("SPEC-001"))).toBe(false);
  expect(world.git(["branch", "--list", "SPEC-001"])).toBe("");
});
