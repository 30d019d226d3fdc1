import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../../src/store/sqlite.ts";
import { databaseOf, namesInBackups } from "../backups.ts";
import { leftovers, listed } from "../mergeable.ts";
import type { World } from "../world.ts";
import { askGit } from "./ask-git.ts";

/** In what git, the database and the disk do not agree, and what lies about; nothing when all is well. */
export function findDisagreements(world: World): string[] {
  const told = askGit(world, {
    missing: "git fsck --no-dangling --no-progress 2>&1 || echo broken",
    landed: `git log --first-parent --grep='^Calm-' --format='${["Op", "Task", "Gate-Run", "Reverts"].map(trailer).join("|")}' main`,
    worktrees: "git worktree list --porcelain",
    branches: "git for-each-ref '--format=%(refname:short)' 'refs/heads/SPEC-*'",
    attic: "git for-each-ref '--format=%(refname) %(objectname)' refs/calm/attic",
  });
  return [
    ...leftovers(world).map((what) => `left behind: ${what}`),
    ...namesInBackups(world).flatMap((name) =>
      name.endsWith(".db") && !name.startsWith(".") ? [] : `left behind: ${name}`,
    ),
    ...(told.missing.endsWith("broken") ? [`git fsck: ${told.missing}`] : []),
    ...asking(world, (ask) => [
      ...damage(ask),
      ...openWork(ask),
      ...merges(ask, listed(told.landed)),
      ...worktrees(ask, world, told.worktrees, listed(told.branches)),
      ...attic(ask, listed(told.attic)),
    ]),
  ];
}

type Ask = <T>(sql: string) => T[];

/** Opens the database once for many questions. */
function asking(world: World, look: (ask: Ask) => string[]): string[] {
  const database = openDatabase(databaseOf(world));
  try {
    return look(<T>(sql: string) => database.prepare(sql).all() as T[]);
  } finally {
    closeDatabase(database);
  }
}

function trailer(key: string): string {
  return `%(trailers:key=Calm-${key},valueonly,separator=%x2C)`;
}

function damage(ask: Ask): string[] {
  const broken = ask<Record<string, unknown>>("pragma foreign_key_check");
  return [
    ...ask<{ integrity_check: string }>("pragma integrity_check")
      .map((row) => row.integrity_check)
      .filter((line) => line !== "ok"),
    ...broken.map((row) => `foreign key: ${JSON.stringify(row)}`),
  ];
}

/** Operations, runs and leases whose process is dead. */
function openWork(ask: Ask): string[] {
  const open = {
    operation: "select id, state from journal where ended_at is null",
    "gate run": "select id, state from gate_runs where state = 'running'",
    "clean room": "select number, pid from slots where pid is not null",
    "place for a command": "select number, pid from command_slots",
    "check under way": "select tree, pid from checks_under_way",
    "place in the queue": "select * from merge_queue",
  };
  return Object.entries(open).flatMap(([what, sql]) =>
    ask(sql).map((row) => `an open ${what}: ${JSON.stringify(row)}`),
  );
}

/** A task is on the default branch ⇔ its phase says so ⇔ there is one record ⇔ it is counted once. */
function merges(ask: Ask, lines: readonly string[]): string[] {
  const commits = lines.map((line) => line.split("|"));
  const reverted = commits.map(([, , , of]) => of);
  const landed = commits.filter(([id = ""]) => id !== "" && !reverted.includes(id));
  // Without a gate only documents land, which is no step of the task and counts for nothing.
  const work = landed.flatMap(([, task = "", run]) => (run === "" ? [] : task));
  const records = ask<{ id: string }>("select id from merges").map(({ id }) => id);
  const moved = ask<{ id: string }>(
    "select id from tasks where phase in ('VERIFY', 'MERGED', 'DONE') order by id",
  ).map((row) => row.id);
  const counted = ask<{ name: string; value: number }>(
    "select name, value from counters where name like 'merges_since_%'",
  );
  const sorted = (names: readonly string[]): string => [...names].sort().join(", ");
  const found: string[] = [];
  const ids = landed.map(([id = ""]) => id);
  if (sorted(ids) !== sorted(records))
    found.push(`main has the merges ${sorted(ids)}, the database ${sorted(records)}`);
  if (sorted(work) !== sorted(moved)) found.push(`main has ${sorted(work)}, landed are ${sorted(moved)}`);
  for (const { name, value } of counted)
    if (value !== work.length) found.push(`${name} is ${value} after ${work.length} merges`);
  return found;
}

/** The worktrees of the database are git's and those on the disk, each on the branch of its task. */
function worktrees(ask: Ask, world: World, text: string, branches: readonly string[]): string[] {
  const known = ask<{ task_id: string; path: string }>("select task_id, path from worktrees");
  const folder = join(realpathSync(world.repository), ".worktrees");
  const gits = text.split("\n\n").flatMap((block) => {
    const path = /^worktree (.*)$/m.exec(block)?.[1] ?? "";
    return path.startsWith(folder) ? `${path} ${/^branch (.*)$/m.exec(block)?.[1] ?? "on no branch"}` : [];
  });
  const calms = known.map((row) => `${row.path} refs/heads/${row.task_id}`);
  const disk = existsSync(folder)
    ? readdirSync(folder).map((name) => `${join(folder, name)} refs/heads/${name}`)
    : [];
  const found = /^(prunable|locked)/m.test(text) ? [`a worktree is prunable or locked: ${text}`] : [];
  for (const [who, theirs] of Object.entries({ git: gits, "the disk": disk })) {
    if (theirs.sort().join() !== calms.sort().join())
      found.push(`worktrees of calm: ${calms.join("; ")}, of ${who}: ${theirs.join("; ")}`);
  }
  for (const branch of branches)
    if (!known.some((row) => row.task_id === branch)) found.push(`the branch ${branch} has no worktree`);
  return found;
}

/** What the database says is kept is kept; a ref that was made just before the kill may be there without a record. */
function attic(ask: Ask, refs: readonly string[]): string[] {
  const sql = "select ref || ' ' || commit_sha as line from attic where restored_at is null order by ref";
  const known = ask<{ line: string }>(sql).map((row) => row.line);
  return known.filter((line) => !refs.includes(line)).map((line) => `recorded, but not kept: ${line}`);
}
