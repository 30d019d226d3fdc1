import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applicationId } from "../../src/store/create-database.ts";
import { migrations } from "../../src/store/migrations/index.ts";
import { change, query } from "../support/database.ts";
import { type Ended, realCalm } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

const many = 16;

function atOnce(world: World, argv: (index: number) => readonly string[]): Promise<Ended[]> {
  const place = { cwd: world.repository, env: world.env };
  return Promise.all(Array.from({ length: many }, (_, index) => realCalm(argv(index), place)));
}

function requireSuccess(ran: readonly Ended[]): void {
  expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
}

function databaseOf(world: World): string {
  return join(world.env["CALM_HOME"] ?? "", "metadata.db");
}

const padded = (number: number): string => `SPEC-${String(number).padStart(3, "0")}`;
const numbers = Array.from({ length: many }, (_, index) => index + 1);

test("T2, D8: 16 first commands create a task with --next: no id twice, none left out", async () => {
  const world = createWorld();
  requireSuccess(await atOnce(world, (index) => ["task", "create", "SPEC", "--next", `Title ${index}`]));
  const rows = query<{ id: string; title: string }>(
    databaseOf(world),
    "select id, title from tasks order by id",
  );
  expect(rows.map(({ id }) => id)).toEqual(numbers.map(padded));
  expect(new Set(rows.map(({ title }) => title)).size).toBe(many);
  expect(query(databaseOf(world), "select seq from events order by seq")).toEqual(
    numbers.map((seq) => ({ seq })),
  );
  // Only one identity, one project, one place; what was built aside is gone.
  expect(query(databaseOf(world), "select count(*) as n from projects")).toEqual([{ n: 1 }]);
  expect(query(databaseOf(world), "select count(*) as n from checkouts")).toEqual([{ n: 1 }]);
  expect(readdirSync(world.env["CALM_HOME"] ?? "").filter((name) => name.includes(".new-"))).toEqual([]);
  expect(readdirSync(join(world.repository, ".git", "calm"))).toEqual(["project"]);
});

test("16 first commands increment a counter: no count is lost, and each gets the value that it made", async () => {
  const world = createWorld();
  const ran = await atOnce(world, () => ["counter", "increment", "merges_since_docs"]);
  requireSuccess(ran);
  const values = ran.map(({ out }) => Number(/= (\d+)$/.exec(out.trim())?.[1]));
  expect(values.sort((a, b) => a - b)).toEqual(numbers);
});

test("16 commands of every kind at once, ids by number and by name among them, all succeed", async () => {
  const world = createWorld();
  const kinds = [
    () => ["task", "create", "SPEC", "--next", "Numbered"],
    (index: number) => ["task", "create", padded(index + 1), "Named"],
    () => ["counter", "increment", "merges_since_e2e"],
    (index: number) => ["counter", "add", `own-${index}`],
    () => ["status"],
    () => ["task", "list"],
    () => ["init"],
    () => ["task", "create", "BUG", "--next", "Numbered"],
  ];
  const ran = await atOnce(world, (index) => kinds[index % kinds.length]?.(index) ?? []);
  // A name may be taken by a number that was given before; then its process is told so, and nothing is lost.
  expect(ran.filter(({ exitCode }) => ![0, 5].includes(exitCode ?? -1))).toEqual([]);
  const created = ran.filter(({ exitCode, out }) => exitCode === 0 && out.startsWith("Created feature"));
  const bugs = ran.filter(({ out }) => out.startsWith("Created bug"));
  expect(query(databaseOf(world), "select count(*) as n from tasks")).toEqual([
    { n: created.length + bugs.length },
  ]);
  expect(
    ran.filter(({ exitCode }) => exitCode === 5).every(({ err }) => err.includes("already exists")),
  ).toBe(true);
  expect(
    await realCalm(["counter", "get", "merges_since_e2e"], { cwd: world.repository, env: world.env }),
  ).toMatchObject({ out: "2\n" });
});

test("16 repositories use calm for the first time at once, each its own SPEC-001", async () => {
  const world = createWorld();
  const repositories = numbers.map((number) => join(world.folder, `repository-${number}`));
  for (const path of repositories) {
    mkdirSync(path);
    world.git(["init", "--quiet", "--initial-branch=main"], path);
  }
  const ran = await Promise.all(
    repositories.map((cwd) => realCalm(["task", "create", "SPEC", "--next", cwd], { cwd, env: world.env })),
  );
  requireSuccess(ran);
  expect(new Set(ran.map(({ out }) => out))).toEqual(new Set(["Created feature: SPEC-001 (phase: SPEC)\n"]));
  const rows = query<{ title: string; root: string }>(
    databaseOf(world),
    "select title, root from tasks join checkouts using (project_id)",
  );
  expect(rows.map(({ root }) => root).sort()).toEqual([...repositories].sort());
  expect(rows.every(({ title, root }) => title === root)).toBe(true);
});

test("16 processes meet a database of an older schema: it is brought up to date once, and all go on", async () => {
  const world = createWorld();
  mkdirSync(world.env["CALM_HOME"] ?? "");
  // Version 0 is calm's own file before its first migration.
  change(databaseOf(world), `pragma journal_mode = wal; pragma application_id = ${applicationId}`);
  requireSuccess(await atOnce(world, () => ["counter", "increment", "merges_since_docs"]));
  expect(query(databaseOf(world), "pragma user_version")).toEqual([{ user_version: migrations.length }]);
  expect(query(databaseOf(world), "select value from counters where name = 'merges_since_docs'")).toEqual([
    { value: many },
  ]);
});

test("W8: 16 worktrees made at once: each is there, and neither git nor calm has lost one", async () => {
  const world = createWorld();
  for (const number of numbers) await world.json(["task", "create", padded(number), "Title"]);
  requireSuccess(await atOnce(world, (index) => ["worktree", "create", padded(index + 1)]));
  const listed = world
    .git(["worktree", "list", "--porcelain"])
    .matchAll(/^branch refs\/heads\/(SPEC-\d+)$/gm);
  expect([...listed].map(([, branch]) => branch).sort()).toEqual(numbers.map(padded));
  expect(query(databaseOf(world), "select task_id from worktrees order by task_id")).toEqual(
    numbers.map((number) => ({ task_id: padded(number) })),
  );
  expect(query(databaseOf(world), "select id from journal where ended_at is null")).toEqual([]);
});
