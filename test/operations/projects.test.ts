import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findHome } from "../../src/create-context.ts";
import { query } from "../support/database.ts";
import { realCalm, start } from "../support/real-calm.ts";
import { copyFolder, createWorld, type Ran, type RunOptions, type World } from "../support/world.ts";

/** Runs a command line that must succeed. */
async function must(world: World, line: string, options: RunOptions = {}): Promise<Ran> {
  const ran = await world.calm(line.split(" "), options);
  if (ran.exitCode !== 0) throw new Error(`${line}: ${ran.exitCode}\n${ran.out}${ran.err}`);
  return ran;
}

/** The ids and titles of the tasks seen from a place. */
async function tasksAt(
  world: World,
  options: RunOptions & { argv?: readonly string[] } = {},
): Promise<string[]> {
  const data = await world.json(["task", "list", ...(options.argv ?? [])], options);
  return (data["tasks"] as { id: string; title: string }[]).map(({ id, title }) => `${id} ${title}`);
}

/** A second repository beside the world's own. */
function makeRepository(world: World, name: string, ...flags: string[]): string {
  const path = join(world.folder, name);
  mkdirSync(path, { recursive: true });
  world.git(["init", "--quiet", "--initial-branch=main", ...flags], path);
  return path;
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

/** The environment of most users: without CALM_HOME. */
function withoutHome({ env }: World): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== "CALM_HOME"));
}

/** Every path below a folder but git's own objects and bookkeeping. */
function everyPath(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

test("T1: two repositories each have SPEC-001, and nothing of one shows in the other", async () => {
  const world = createWorld();
  const other = makeRepository(world, "other");
  await must(world, "task create SPEC-001 Mine");
  await must(world, "task create SPEC-002 Mine");
  await must(world, "task create SPEC --next Theirs", { cwd: other });
  await must(world, "counter set merge_lock 3");
  await must(world, "counter add own 1");
  await must(world, "worker start SPEC-001 backend");
  expect(await tasksAt(world)).toEqual(["SPEC-001 Mine", "SPEC-002 Mine"]);
  expect(await tasksAt(world, { cwd: other })).toEqual(["SPEC-001 Theirs"]);
  expect((await must(world, "counter get merge_lock", { cwd: other })).out).toBe("0\n");
  for (const line of [
    "counter get own",
    "task show SPEC-002",
    "task update SPEC-001 --blocked-by SPEC-002",
  ]) {
    expect(await world.calm(line.split(" "), { cwd: other })).toMatchObject({ exitCode: 3 });
  }
  expect((await must(world, "worker list", { cwd: other })).out).toBe("No workers found.\n");
  const log = await world.json(["log"], { cwd: other });
  expect((log["events"] as { summary: string }[]).map(({ summary }) => summary)).toEqual([
    "created feature SPEC-001: Theirs",
  ]);
  await must(world, "task delete SPEC-001 --yes", { cwd: other });
  expect(await tasksAt(world)).toEqual(["SPEC-001 Mine", "SPEC-002 Mine"]);
  expect((await must(world, "status", { cwd: other })).out).not.toContain("Mine");
});

test("W13: a renamed and a moved repository keep their tasks, and go by their new name", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 Kept");
  const renamed = join(world.folder, "renamed");
  renameSync(world.repository, renamed);
  expect(await tasksAt(world, { cwd: renamed })).toEqual(["SPEC-001 Kept"]);
  const deep = join(world.folder, "a", "b", "moved");
  mkdirSync(join(deep, ".."), { recursive: true });
  renameSync(renamed, deep);
  expect(await tasksAt(world, { cwd: deep })).toEqual(["SPEC-001 Kept"]);
  expect(await tasksAt(world, { cwd: world.folder, argv: ["--project", "moved"] })).toEqual([
    "SPEC-001 Kept",
  ]);
  expect(await world.calm(["--project", "repo", "task", "list"], { cwd: world.folder })).toMatchObject({
    exitCode: 3,
  });
  expect(query(databaseOf(world), "select root from checkouts")).toEqual([{ root: deep }]);
});

test("a repository put where another one was does not get its tasks, nor its name", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 First");
  const [project] = query<{ id: string }>(databaseOf(world), "select id from projects");
  renameSync(world.repository, join(world.folder, "away"));
  makeRepository(world, "repo");
  await must(world, "task create SPEC-001 Second");
  expect(await tasksAt(world)).toEqual(["SPEC-001 Second"]);
  expect(await world.calm(["--project", project?.id ?? "", "task", "list"])).toMatchObject({ exitCode: 3 });
  expect(await tasksAt(world, { cwd: join(world.folder, "away") })).toEqual(["SPEC-001 First"]);
});

test("task list is the same from the main checkout, below it, a worktree, inside .git and through links", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-001 One");
  await must(world, "worktree create SPEC-001");
  world.git(["worktree", "add", "--quiet", join(world.folder, "elsewhere"), "-b", "side"]);
  symlinkSync(world.repository, join(world.folder, "link"));
  symlinkSync(join(world.repository, "src"), join(world.folder, "link-below"));
  const expected = (await must(world, "task list --json")).out;
  const places = [
    ...["src", ".git", ".git/refs/heads", ".worktrees/SPEC-001", ".worktrees/SPEC-001/src", ".worktrees"].map(
      (path) => join(world.repository, path),
    ),
    ...["elsewhere", "elsewhere/test", "link", "link/src", "link-below", "link/.worktrees/SPEC-001"].map(
      (path) => join(world.folder, path),
    ),
  ];
  for (const cwd of places) {
    expect({ cwd, out: (await must(world, "task list --json", { cwd })).out }).toEqual({
      cwd,
      out: expected,
    });
    expect((await must(world, `-C ${cwd} task list --json`, { cwd: world.folder })).out).toBe(expected);
    expect((await must(world, `--project ${cwd} task list --json`, { cwd: "/" })).out).toBe(expected);
  }
  expect(query(databaseOf(world), "select count(*) as n from projects")).toEqual([{ n: 1 }]);
});

describe("a copy made with cp -r", () => {
  async function copied(): Promise<{ world: World; copy: string }> {
    const world = createWorld();
    await must(world, "task create SPEC-001 Original");
    const copy = join(world.folder, "copy");
    copyFolder(world.repository, copy);
    return { world, copy };
  }

  test("is refused with the way out, and nothing changes", async () => {
    const { world, copy } = await copied();
    for (const line of ["task list", "init", "task create SPEC --next X"]) {
      const ran = await world.calm(line.split(" "), { cwd: copy });
      expect(ran).toMatchObject({ exitCode: 4, out: "" });
      expect(ran.err).toContain(`${copy} is a copy of ${world.repository}, which is still there`);
      expect(ran.err).toContain("hint: Give the copy a project of its own: calm init --as-new");
    }
    expect(await tasksAt(world)).toEqual(["SPEC-001 Original"]);
  });

  test("gets a project of its own by init --as-new, which is safe to repeat; the original keeps its own", async () => {
    const { world, copy } = await copied();
    await must(world, "init --as-new", { cwd: copy });
    await must(world, "task create SPEC-001 Copied", { cwd: copy });
    await must(world, "init --as-new", { cwd: copy });
    expect(await tasksAt(world, { cwd: copy })).toEqual(["SPEC-001 Copied"]);
    expect(await tasksAt(world)).toEqual(["SPEC-001 Original"]);
  });

  test("init --as-new in the original takes nothing away from it", async () => {
    const { world, copy } = await copied();
    await must(world, "init --as-new");
    expect(await tasksAt(world)).toEqual(["SPEC-001 Original"]);
    expect(await world.calm(["task", "list"], { cwd: copy })).toMatchObject({ exitCode: 4 });
  });

  test("is the repository that has moved, once the original is gone", async () => {
    const { world, copy } = await copied();
    rmSync(world.repository, { recursive: true });
    expect(await tasksAt(world, { cwd: copy })).toEqual(["SPEC-001 Original"]);
    expect(query(databaseOf(world), "select root from checkouts")).toEqual([{ root: copy }]);
  });

  test("may be put in the original's place: then it is the original", async () => {
    const { world, copy } = await copied();
    rmSync(world.repository, { recursive: true });
    cpSync(copy, world.repository, { recursive: true });
    expect(await tasksAt(world)).toEqual(["SPEC-001 Original"]);
    expect(await world.calm(["task", "list"], { cwd: copy })).toMatchObject({ exitCode: 4 });
  });
});

test("a bare repository and its worktrees are one project", async () => {
  const world = createWorld();
  const bare = join(world.folder, "bare.git");
  world.git(["clone", "--quiet", "--bare", world.repository, bare]);
  const tree = join(world.folder, "tree");
  world.git(["worktree", "add", "--quiet", tree, "main"], bare);
  await must(world, "task create SPEC-001 Bare", { cwd: bare });
  expect(await tasksAt(world, { cwd: tree })).toEqual(["SPEC-001 Bare"]);
  expect(await tasksAt(world, { cwd: join(bare, "refs") })).toEqual(["SPEC-001 Bare"]);
  expect(await tasksAt(world)).toEqual([]);
  await must(world, "worktree create SPEC-001", { cwd: tree });
  const path = (await must(world, "worktree path SPEC-001", { cwd: bare })).out.trim();
  expect(await tasksAt(world, { cwd: path })).toEqual(["SPEC-001 Bare"]);
  expect(await tasksAt(world, { cwd: "/", argv: ["--project", "bare"] })).toEqual(["SPEC-001 Bare"]);
});

test("outside a repository: exit 3 and what to do; what needs no repository works", async () => {
  const world = createWorld();
  const outside = join(world.folder, "outside");
  mkdirSync(outside);
  for (const line of ["task list", "init", "status", "gate list", "log"]) {
    const ran = await world.calm(line.split(" "), { cwd: outside });
    expect(ran).toMatchObject({ exitCode: 3, out: "" });
    expect(ran.err).toContain(`${outside} is not inside a git repository`);
    expect(ran.err).toContain("hint: Go into one, name it with -C <dir>, or make one: git init");
  }
  for (const line of ["--help", "task list --help", "--version", "schema task list"])
    await must(world, line, { cwd: outside });
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(world.folder)).not.toContain("calm-home");
});

test("-C and --project name a place by path, name or id; what is not there or not clear is refused", async () => {
  const world = createWorld();
  const twin = makeRepository(world, "below/repo");
  const single = makeRepository(world, "single");
  await must(world, "task create SPEC-001 One");
  await must(world, "task create SPEC-002 Two", { cwd: twin });
  await must(world, "task create SPEC-003 Three", { cwd: single });
  const id =
    query<{ id: string }>(databaseOf(world), "select id from projects where name = 'single'")[0]?.id ?? "";
  const at = (argv: readonly string[], options: RunOptions = {}): Promise<string[]> =>
    tasksAt(world, { cwd: world.folder, ...options, argv });
  expect(await at(["--project", "single"])).toEqual(["SPEC-003 Three"]);
  expect(await at(["--project", id])).toEqual(["SPEC-003 Three"]);
  expect(await at(["--project", single])).toEqual(["SPEC-003 Three"]);
  expect(await at(["--project", "./single"])).toEqual(["SPEC-003 Three"]);
  expect(await at(["-C", "below/repo"])).toEqual(["SPEC-002 Two"]);
  expect(await at(["-C", "repo", "--project", "single"])).toEqual(["SPEC-003 Three"]);
  expect(await at([], { env: { CALM_PROJECT: "single" } })).toEqual(["SPEC-003 Three"]);
  const refused = async (argv: readonly string[], message: string): Promise<void> => {
    const ran = await world.calm([...argv, "task", "list"], { cwd: world.folder });
    expect(ran).toMatchObject({ exitCode: 3, out: "" });
    expect(ran.err).toContain(message);
  };
  await refused(["--project", "repo"], `Several projects are called repo: `);
  await refused(["--project", "nothing"], "There is no project nothing");
  await refused(["--project", "./nothing"], "There is no directory");
  await refused(["-C", "nothing"], "There is no directory");
  await refused(["-C", "single/.git/config"], "There is no directory");
});

test("an unborn repository has tasks; a worktree needs a first commit", async () => {
  const world = createWorld({});
  await must(world, "task create SPEC --next First");
  await must(world, "status");
  expect(await tasksAt(world)).toEqual(["SPEC-001 First"]);
  for (const line of ["worktree create SPEC-001", "gate check SPEC-001", "trust --yes"]) {
    const ran = await world.calm([...line.split(" "), "--json"]);
    expect(ran.exitCode).toBe(3);
    expect(JSON.parse(ran.out)).toMatchObject({ ok: false, error: { code: "unborn_branch" } });
  }
  expect(everyPath(world.repository).filter((path) => !path.startsWith(".git"))).toEqual([]);
});

test.each([
  [{ CALM_HOME: "relative/home" }, "CALM_HOME"],
  [{ CALM_HOME: "" }, "CALM_HOME"],
  [{ CALM_HOME: "~/.calm" }, "CALM_HOME"],
  [{ CALM_DB_PATH: "calm.db" }, "CALM_DB_PATH"],
  [{ CALM_DB_PATH: "" }, "CALM_DB_PATH"],
])("%o is refused before anything is written", async (env, name) => {
  const world = createWorld();
  const before = everyPath(world.folder);
  const ran = await world.calm(["task", "create", "SPEC-1", "X"], { env });
  expect(ran).toMatchObject({ exitCode: 2, out: "" });
  expect(ran.err).toContain(`${name} must be an absolute path`);
  expect(everyPath(world.folder)).toEqual(before);
});

test("without CALM_HOME the home is ~/.calm; CALM_DB_PATH moves the database alone", async () => {
  const world = createWorld();
  const env = withoutHome(world);
  const place = { cwd: world.repository, env };
  expect(await realCalm(["init"], place)).toMatchObject({ exitCode: 0 });
  const home = join(world.env["HOME"] ?? "", ".calm");
  // The cache is Node's, of compiled code.
  expect(
    readdirSync(home)
      .filter((name) => name !== "cache")
      .sort(),
  ).toEqual(["metadata.db", "roles"]);
  const database = join(world.folder, "db", "own.db");
  expect(await realCalm(["init"], { ...place, env: { ...env, CALM_DB_PATH: database } })).toMatchObject({
    exitCode: 0,
  });
  expect(query(database, "select name from projects")).toEqual([{ name: "repo" }]);
});

test("with HOME unset the home is the one that the system knows for the user", () => {
  expect(findHome({})).toEqual(findHome({ HOME: homedir() }));
});

test("D11: with HOME empty there is no place in the current directory instead", async () => {
  const world = createWorld();
  const env = withoutHome(world);
  const before = everyPath(world.folder);
  const ran = await realCalm(["task", "list"], { cwd: world.repository, env: { ...env, HOME: "" } });
  expect(ran).toMatchObject({ exitCode: 2, out: "" });
  expect(everyPath(world.folder)).toEqual(before);
});

test.each(["000", "022", "077"])("under umask %s all that calm keeps is the user's alone", async (umask) => {
  const world = createWorld();
  await must(world, "trust --yes", { env: { CALM_HOME: join(world.folder, "unused") } });
  const own = process.umask(Number.parseInt(umask, 8));
  onTestFinished(() => void process.umask(own));
  await must(world, "init");
  await must(world, "trust --yes");
  await must(world, "task create BUG-1 Bug");
  await must(world, "worktree create BUG-1");
  await must(world, "task create SPEC-1 Feature");
  await world.calm(["gate", "check", "BUG-1"]);
  const home = world.env["CALM_HOME"] ?? "";
  const open = ["", ...everyPath(home)].filter((path) => (statSync(join(home, path)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  expect(statSync(databaseOf(world)).mode & 0o777).toBe(0o600);
});

test("calm writes to its home, .git and .worktrees/, which git does not see; nothing else", async () => {
  const world = createWorld();
  const before = everyPath(world.folder);
  await must(world, "init");
  await must(world, "trust --yes");
  await must(world, "task create SPEC-001 One");
  await must(world, "worktree create SPEC-001");
  await must(world, "worker start SPEC-001 backend");
  for (const line of ["gate check SPEC-001", "status", "worktree list", "gate list", "log"])
    await world.calm(line.split(" "));
  const added = everyPath(world.folder).filter((path) => !before.includes(path));
  expect(added.filter((path) => !/^(calm-home|repo\/\.git|repo\/\.worktrees)(\/|$)/.test(path))).toEqual([]);
  expect(world.git(["status", "--porcelain", "--ignored"])).toBe("!! .worktrees/");
  expect(
    readFileSync(join(world.repository, ".git", "info", "exclude"), "utf8").match(/worktrees/g),
  ).toHaveLength(1);
  await must(world, "task create SPEC-002 Two");
  await must(world, "worktree create SPEC-002");
  expect(
    readFileSync(join(world.repository, ".git", "info", "exclude"), "utf8").match(/worktrees/g),
  ).toHaveLength(1);
});

test.runIf(process.getuid?.() !== 0)("a .git that cannot be written is told, and is no bug", async () => {
  const world = createWorld();
  await start(["chmod", "-R", "a-w", ".git"], { cwd: world.repository, env: world.env }).ended;
  const ran = await world.calm(["task", "list"]);
  await start(["chmod", "-R", "u+w", ".git"], { cwd: world.repository, env: world.env }).ended;
  expect(ran.exitCode).toBe(8);
  expect(ran.err).toContain("The project's id cannot be kept");
});

test("a file where calm's folder in .git should be is told, and is no bug", async () => {
  const world = createWorld();
  world.write(".git/calm", "not a folder");
  const ran = await world.calm(["task", "list"]);
  expect(ran.exitCode).toBe(8);
  expect(ran.err).toContain("The project's id cannot be kept");
});
