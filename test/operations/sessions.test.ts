import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { readGlobals } from "../../src/cli/globals.ts";
import { findCommand } from "../../src/cli/find-command.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";
import type { MachinePart, TaskState } from "../../src/model/session.ts";
import { operations } from "../../src/operations/index.ts";
import { anyText } from "../support/any-text.ts";
import { query } from "../support/database.ts";
import { must, operate, putInto, refused, trivialConfig, trivialWorld } from "../support/operate.ts";
import { chosenSeed, long, samples } from "../support/samples.ts";
import { createWorld, type RunOptions, type World } from "../support/world.ts";

interface Staged {
  readonly task: string;
  readonly files: number;
  readonly commit: string | null;
  readonly problem: string | null;
}

interface Saved {
  readonly id: string;
  readonly staged: readonly Staged[];
  readonly state: Readonly<Record<string, TaskState>>;
  readonly warnings: readonly string[];
}

const byTask = (part: unknown): Record<string, TaskState> =>
  Object.fromEntries((part as MachinePart).tasks.map((state) => [state.task, state]));

async function save(world: World, flags = "--continue", options: RunOptions = {}): Promise<Saved> {
  const line = `session save ${flags}`.trim();
  const { exitCode, data, warnings } = await operate(world, line, { stdin: "hand-off\n", ...options });
  expect(exitCode).toBe(0);
  return {
    id: data["id"] as string,
    staged: data["staged"] as Staged[],
    state: byTask(data["machine_part"]),
    warnings,
  };
}

/** A world with one task per id, each with a worktree that has something staged. */
async function stagedWorld(...tasks: readonly string[]): Promise<World> {
  const world = createWorld({ "kept.txt": "kept\n" });
  for (const task of tasks) {
    await must(world, ["task", "create", task, `Title of ${task}`]);
    await must(world, `worktree create ${task}`);
    stage(world, task, "staged.txt", `${task}\n`);
  }
  return world;
}

function stage(world: World, task: string, path: string, text: string): void {
  world.write(path, text, world.worktree(task));
  world.git(["add", path], world.worktree(task));
}

function status(world: World, task: string): string[] {
  const lines = world.git(["status", "--porcelain"], world.worktree(task)).split("\n");
  return lines.filter((line) => line !== "" && !line.includes("planning_docs"));
}

const subject = (world: World, task: string): string =>
  world.git(["log", "-1", "--format=%s"], world.worktree(task));

function hook(world: World, name: string, script: string): void {
  const path = join(world.repository, ".git/hooks", name);
  mkdirSync(join(world.repository, ".git/hooks"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test.concurrent("what is staged is committed as it is staged; the rest stays and is listed", async () => {
  const world = await stagedWorld("SPEC-001");
  const tree = world.worktree("SPEC-001");
  world.write("staged.txt", "edited afterwards\n", tree);
  world.git(["mv", "kept.txt", "moved.txt"], tree);
  writeFileSync(join(tree, "bytes"), Buffer.from([0, 255, 13, 10]));
  world.git(["add", "bytes"], tree);
  world.write("untracked.txt", "x", tree);
  // The main checkout is a person's own.
  world.write("main.txt", "x");
  world.git(["add", "main.txt"]);
  const main = world.git(["rev-parse", "main"]);
  const { id, staged, state, warnings } = await save(world);
  const head = world.git(["rev-parse", "HEAD"], tree);
  expect([staged, warnings]).toEqual([
    [{ task: "SPEC-001", path: tree, files: 4, commit: head, problem: null }],
    [],
  ]);
  expect(subject(world, "SPEC-001")).toBe(`WIP: SPEC-001 Title of SPEC-001 (session ${id})`);
  expect(world.git(["show", "HEAD:staged.txt"], tree)).toBe("SPEC-001");
  expect(world.git(["ls-tree", "--name-only", "HEAD"], tree).split("\n")).toEqual([
    "bytes",
    "moved.txt",
    "staged.txt",
  ]);
  expect(status(world, "SPEC-001")).toEqual([" M staged.txt", "?? untracked.txt"]);
  expect(state["SPEC-001"]).toMatchObject({
    ...{ head: head.slice(0, 7), wip_commit: head.slice(0, 7), problem: null, uncommitted: 2, staged: 0 },
    ...{ files: ["staged.txt", "untracked.txt"], next: "calm gate check SPEC-001 SPEC-DESIGN" },
  });
  expect([world.git(["rev-parse", "main"]), world.git(["diff", "--cached", "--name-only"])]).toEqual([
    main,
    "main.txt",
  ]);
  const events = (await must(world, "log --task SPEC-001"))["events"] as { summary: string }[];
  expect(events.at(-1)?.summary).toBe(`committed what was staged as WIP ${head.slice(0, 7)}`);
  // Nothing staged, nothing to commit.
  expect((await save(world)).staged).toEqual([]);
  stage(world, "SPEC-001", "more.txt", "x");
  const without = await save(world, "--no-auto-commit");
  expect([without.staged, without.state["SPEC-001"]?.staged, without.state["SPEC-001"]?.wip_commit]).toEqual([
    [],
    1,
    null,
  ]);
});

test.concurrent("the repository's hooks run in their usual world, and their changes are theirs", async () => {
  const world = await stagedWorld("SPEC-001");
  const seen = join(world.folder, "seen");
  hook(
    world,
    "pre-commit",
    `env | grep -E '^(GIT_WORK_TREE|GIT_COMMON_DIR|GIT_LITERAL|GIT_NO_REPL|LC_ALL)' > ${seen}
pwd >> ${seen}; git diff --cached --name-only -- '*.txt' >> ${seen}; cat >> ${seen}
echo formatted > staged.txt; git add staged.txt; echo left > by-hook.txt; yes | head -c 3000000 >&2`,
  );
  const { staged, warnings, state } = await save(world);
  expect(warnings).toEqual([]);
  expect(staged[0]?.commit).toBe(world.git(["rev-parse", "HEAD"], world.worktree("SPEC-001")));
  expect(readFileSync(seen, "utf8")).toBe(`${world.worktree("SPEC-001")}\nstaged.txt\n`);
  expect(world.git(["show", "HEAD:staged.txt"], world.worktree("SPEC-001"))).toBe("formatted");
  expect(state["SPEC-001"]?.files).toEqual(["by-hook.txt"]);
});

long.concurrent(
  "a hook that fails or hangs is told; the changes stay staged, and the save succeeds",
  async () => {
    const world = await stagedWorld("SPEC-001", "SPEC-002", "SPEC-003");
    hook(
      world,
      "pre-commit",
      `case $PWD in
*SPEC-001) echo "lint: 3 problems" >&2; exit 1;;
*SPEC-002) sleep 100 & sleep 100;;
esac`,
    );
    const { staged, warnings, id, state } = await save(world, "--hook-timeout 2s");
    expect(staged.map(({ task, commit, problem }) => [task, commit === null, problem])).toEqual([
      ["SPEC-001", true, "git commit: lint: 3 problems"],
      ["SPEC-002", true, "git commit: did not end in time"],
      ["SPEC-003", false, null],
    ]);
    const told = (task: string, why: string): string =>
      `1 staged file of ${task} not committed, because git commit: ${why}; look there: git -C ${world.worktree(task)} status`;
    expect(warnings).toEqual([told("SPEC-001", "lint: 3 problems"), told("SPEC-002", "did not end in time")]);
    for (const task of ["SPEC-001", "SPEC-002"]) {
      expect(status(world, task)).toEqual(["A  staged.txt"]);
      expect(state[task]).toMatchObject({ staged: 1, wip_commit: null, files: ["staged.txt"] });
    }
    expect((await must(world, "session show"))["id"]).toBe(id);
    // A hook after the commit cannot undo it.
    rmSync(join(world.repository, ".git/hooks/pre-commit"));
    hook(world, "post-commit", "sleep 100");
    const late = await save(world, "--hook-timeout 2s");
    expect(late.staged.map(({ commit, problem }) => [commit !== null, problem])).toEqual([
      [true, "git commit: did not end in time"],
      [true, "git commit: did not end in time"],
    ]);
    expect(late.warnings[0]).toMatch(
      /^1 staged file of SPEC-001 committed as [0-9a-f]{7}, but then: git commit/,
    );
  },
);

long.concurrent("signing that fails, and a git that knows no name, are told", async () => {
  const world = await stagedWorld("SPEC-001");
  world.git(["config", "commit.gpgSign", "true"]);
  world.git(["config", "gpg.program", "false"]);
  const [told] = (await save(world)).warnings;
  expect(told).toMatch(/not committed, because git commit: .*(sign|write commit)/);
  world.git(["config", "commit.gpgSign", "false"]);
  world.git(["config", "user.useConfigOnly", "true"]);
  const env = { GIT_AUTHOR_NAME: "", GIT_AUTHOR_EMAIL: "", GIT_COMMITTER_NAME: "", GIT_COMMITTER_EMAIL: "" };
  expect((await save(world, "", { env })).staged[0]?.problem).toMatch(/^git commit: /);
  expect(status(world, "SPEC-001")).toEqual(["A  staged.txt"]);
});

test.concurrent("calm commits only where database and git agree, and not in the middle of something", async () => {
  const world = await stagedWorld("SPEC-001", "SPEC-002", "SPEC-003", "SPEC-004", "SPEC-005", "SPEC-006");
  const at = (task: string) => world.worktree(task);
  const run = (task: string, ...args: string[]): string => world.git(args, at(task));
  run("SPEC-001", "checkout", "--quiet", "--detach");
  run("SPEC-002", "checkout", "--quiet", "-b", "elsewhere");
  rmSync(at("SPEC-003"), { recursive: true });
  // Another repository in the place of the worktree: nothing of it is read or run.
  renameSync(at("SPEC-004"), `${at("SPEC-004")}.old`);
  world.git(["init", "--quiet", at("SPEC-004")]);
  writeFileSync(join(at("SPEC-004"), "staged.txt"), "theirs");
  run("SPEC-004", "add", ".");
  run("SPEC-005", "update-ref", "-d", "refs/heads/SPEC-005");
  writeFileSync(
    join(world.repository, ".git/worktrees/SPEC-006/MERGE_HEAD"),
    `${world.git(["rev-parse", "main"])}\n`,
  );
  const refs = world.git(["for-each-ref"]);
  const { staged, state } = await save(world);
  expect(world.git(["for-each-ref"])).toBe(refs);
  expect(staged.map(({ task, commit, problem }) => [task, commit, problem])).toEqual([
    ["SPEC-001", null, "it is at a detached HEAD, not on SPEC-001"],
    ["SPEC-002", null, "it is on the branch elsewhere, not on SPEC-002"],
    ["SPEC-005", null, "its branch SPEC-005 has no commit"],
    ["SPEC-006", null, "git is in the middle of something there (MERGE_HEAD)"],
  ]);
  const problems = ["SPEC-003", "SPEC-004"].map((task) => [state[task]?.problem, state[task]?.next]);
  expect(problems).toEqual([
    ["its folder is gone", "calm worktree list"],
    ["its folder no longer leads into this repository", "calm worktree list"],
  ]);
});

long.concurrent("unmerged entries are not committed, and a stale index.lock is told", async () => {
  const world = await stagedWorld("SPEC-001", "SPEC-002");
  const tree = world.worktree("SPEC-001");
  const blob = world.git(["rev-parse", "main:kept.txt"]);
  writeFileSync(join(world.folder, "info"), `100644 ${blob} 1\tx\n100644 ${blob} 2\tx\n`);
  world.git(["update-index", "--add", "--cacheinfo", `100644,${blob},y`], tree);
  world.git(["-c", `alias.put=!git update-index --index-info < ${join(world.folder, "info")}`, "put"], tree);
  writeFileSync(join(world.repository, ".git/worktrees/SPEC-002/index.lock"), "");
  const { staged } = await save(world);
  expect(staged.map(({ commit, problem }) => [commit, problem?.slice(0, 25)])).toEqual([
    [null, "it has conflicts"],
    [null, "git commit: Unable to cre"],
  ]);
});

long.concurrent(
  "DONE tasks cost nothing and stand nowhere, but for one whose worktree still holds work",
  async () => {
    const world = await stagedWorld("SPEC-001", "SPEC-002");
    putInto(world, "SPEC-001", "DONE");
    putInto(world, "SPEC-002", "DONE");
    rmSync(world.worktree("SPEC-002"), { recursive: true });
    await must(world, "worktree remove SPEC-002 --force --yes");
    const { state, staged } = await save(world);
    expect(Object.keys(state)).toEqual(["SPEC-001"]);
    expect(state["SPEC-001"]?.next).toBeNull();
    expect(staged).toMatchObject([{ task: "SPEC-001", problem: null }]);
    expect(await must(world, "session next-commands")).toEqual({ tasks: [] });
  },
);

test.concurrent("a hand-off comes back as it was: byte for byte by --raw, and escaped on a terminal", async () => {
  const world = createWorld({ "a.txt": "a\n" });
  const text = "\uFEFF first\r\nred \u001b[31m\u202e\n\n日本語 `x`\t😀 e\u0301\n\n\n";
  const { id } = await save(world, "", { stdin: text });
  expect((await world.calm(["session", "show", id, "--raw"])).out).toBe(text);
  const shown = (await world.calm(["session", "show", "--raw"], { tty: true })).out;
  expect(shown).toContain("red \\x1b[31m\\u202e\n");
  expect((await must(world, `session show ${id.slice(0, 8)}`))["content"]).toBe(text);
  expect((await must(world, "session list"))["sessions"]).toMatchObject([{ id, first_line: "first" }]);
  const storable = anyText({ minLength: 1, maxLength: 40 }).filter(
    (one) => one.trim() !== "" && !one.includes("\0"),
  );
  await fc.assert(
    fc.asyncProperty(storable, fc.constantFrom("", "\n", "\r\n", "\n\n"), async (one, end) => {
      await save(world, "--no-auto-commit", { stdin: one + end });
      expect((await world.calm(["session", "show", "--raw"])).out).toBe(one + end);
    }),
    { numRuns: samples(4, 15), ...chosenSeed },
  );
});

test.concurrent("D13: what cannot be a hand-off is refused, and nothing is saved", async () => {
  const world = await stagedWorld("SPEC-001");
  const example = "| calm session save --continue";
  for (const stdin of ["", " \n\t\r\n"]) {
    await refused(world, "session save", [2, "invalid_input", /missing|may not be empty/, example], {
      stdin,
    });
  }
  await refused(world, "session save", [2, "invalid_input", /NUL/, example], { stdin: "a\0b" });
  const many = "x".repeat(5 * 1024 * 1024);
  expect((await operate(world, "session save", { stdin: `${many}y` })).error?.code).toBe("invalid_input");
  expect((await operate(world, "session save", { stdin: Buffer.from([97, 255]) })).error?.message).toMatch(
    /not UTF-8/,
  );
  await refused(world, "session save --hook-timeout soon", [2, "invalid_input", /duration/, "--help"], {
    stdin: "x",
  });
  expect((await save(world, "--no-auto-commit", { stdin: many })).id).toBeTruthy();
  expect((await world.calm(["session", "show", "--raw"])).out.length).toBe(many.length);
});

test.concurrent("a hand-off is looked at as often as one likes and taken once, the newest first", async () => {
  const world = createWorld({ "a.txt": "a\n" });
  const none = await operate(world, "session show");
  expect([none.exitCode, none.error?.code, none.error?.message]).toEqual([
    ...[3, "session_not_found", "No sessions found."],
  ]);
  await save(world, "", { stdin: "only kept" });
  expect(await must(world, "session pending")).toEqual({ session: null, waiting: 0 });
  const older = await save(world, "--continue", { stdin: "older" });
  const newer = await save(world, "--continue", { stdin: "newer" });
  const look = () => must(world, "session pending");
  expect(await look()).toMatchObject({ session: { id: newer.id }, waiting: 2 });
  expect(await look()).toMatchObject({ session: { id: newer.id }, waiting: 2 });
  const env = { CALM_ACTOR: "user:bob" };
  const taken = await operate(world, "session resume", { env });
  expect([taken.exitCode, taken.data["passed"], taken.data["waiting"]]).toEqual([0, true, 1]);
  expect(taken.data["session"]).toMatchObject({ content: "newer", resumed_by: "user:bob" });
  await refused(world, `session resume ${newer.id}`, [
    ...([4, "session_resumed", /was resumed at 2026-.*Z by user:bob$/] as const),
    `calm session show ${newer.id}`,
  ]);
  expect((await must(world, `session resume ${older.id}`))["session"]).toMatchObject({ content: "older" });
  const last = await operate(world, "session resume");
  expect([last.exitCode, last.data]).toEqual([
    1,
    { passed: false, session: null, tasks_now: null, waiting: 0 },
  ]);
  await refused(world, "session show S-0", [2, "invalid_input", /^3 sessions begin with S-0$/, older.id]);
  await refused(world, `session show ${older.id}9`, [3, "session_not_found", /not found/, `Did you mean`]);
  await refused(world, ["session", "show", ""], [3, "session_not_found", /not found/, "calm session list"]);
  const other = join(world.folder, "other");
  world.git(["init", "--quiet", "--initial-branch=main", other]);
  expect(await must(world, "session list", { cwd: other })).toEqual({ sessions: [] });
  // Nor does a hand-off need a commit.
  expect((await operate(world, "session save", { cwd: other, stdin: "x" })).data["staged"]).toEqual([]);
  expect(((await must(world, "session list"))["sessions"] as unknown[]).length).toBe(3);
});

test.concurrent("the fresh state at a resume is that of the moment", async () => {
  const world = await stagedWorld("SPEC-001");
  await save(world);
  putInto(world, "SPEC-001", "DESIGN");
  stage(world, "SPEC-001", "later.txt", "x");
  const taken = await must(world, "session resume");
  const old = byTask((taken["session"] as Record<string, unknown>)["machine_part"])["SPEC-001"];
  const now = byTask(taken["tasks_now"])["SPEC-001"];
  expect([old?.phase, old?.staged, now?.phase, now?.staged]).toEqual(["SPEC", 0, "DESIGN", 1]);
});

test.concurrent("each next command is one that runs: after a pass, a WIP commit, for a person, behind a blocker", async () => {
  const world = await trivialWorld(
    trivialConfig.replace("SPEC-DESIGN: { approval: none }", "SPEC-DESIGN: { reviews: 0 }"),
  );
  await must(world, "task create SPEC-001 Passed");
  await must(world, "task create SPEC-002 Blocked --blocked-by SPEC-001");
  await must(world, ["task", "create", "SPEC-003", "New `rm -rf ~`\u001b[0m"]);
  await must(world, "task create SPEC-004 Waits");
  for (const task of ["SPEC-001", "SPEC-002", "SPEC-004"]) await must(world, `worktree create ${task}`);
  const spec = "# Spec\n\n## Problem\n\nRows cannot be exported.\n\n## Solution\n\nWrite them as CSV.\n";
  world.commit({ "planning_docs/SPEC-004/spec.md": spec }, "spec", world.worktree("SPEC-004"));
  await must(world, "gate check SPEC-004 SPEC-DESIGN");
  world.commit({ "src/x.js": "exports.x = 1;\n" }, "code", world.worktree("SPEC-001"));
  putInto(world, "SPEC-001", "IMPLEMENT");
  putInto(world, "SPEC-002", "DESIGN");
  const next = async (): Promise<string[]> =>
    ((await must(world, "session next-commands"))["tasks"] as TaskState[]).map((one) => one.next ?? "");
  const check = "calm gate check SPEC-001 IMPLEMENT-CODE_REVIEW";
  expect(await next()).toEqual([
    ...[check, "calm why SPEC-001", "calm worktree create SPEC-003"],
    "calm approve SPEC-004 SPEC-DESIGN",
  ]);
  await must(world, check.replace("calm ", ""));
  expect((await next())[0]).toBe("calm task transition SPEC-001 CODE_REVIEW");
  // A WIP commit makes the pass one of other content; the transition would be refused.
  stage(world, "SPEC-001", "src/y.js", "exports.y = 1;\n");
  const { state } = await save(world);
  expect(state["SPEC-001"]).toMatchObject({ next: check, last_verdict: { verdict: "pass" } });
  const markdown = (await world.calm(["session", "next-commands"])).out;
  const lines = [...markdown.matchAll(/^ {2}```sh\n {2}(calm .*)\n {2}```$/gm)].map(
    (match) => match[1] ?? "",
  );
  expect(lines.length).toBe(4);
  expect(markdown).toContain("SPEC-004, SPEC: Waits (a person runs this)");
  expect(markdown).not.toContain("\u001b");
  for (const line of lines) {
    const { rest } = readGlobals(line.split(" ").slice(1));
    const found = findCommand(rest, operations);
    if (found.kind !== "entry") throw new Error(line);
    const target = await found.entry.load();
    expect(z.safeParse(target.input, parseArguments(target, rest.slice(found.words))).success, line).toBe(
      true,
    );
    if (line.startsWith("calm approve ")) continue;
    expect((await world.calm(line.split(" ").slice(1))).exitCode, line).toBe(0);
  }
  expect(existsSync(world.worktree("SPEC-003"))).toBe(true);
});

test.concurrent("a save that was cut short has its text, and says what it lacks", async () => {
  const world = createWorld({ "a.txt": "a\n" });
  const { id } = await save(world);
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  query(database, "update sessions set machine_part = null where id = ? returning id", id);
  expect((await world.calm(["session", "show"])).out).toContain("Not recorded: the save was cut short");
  expect((await must(world, "session resume"))["passed"]).toBe(true);
});
