import { existsSync, readdirSync, realpathSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { databaseOf, namesInBackups } from "../backups.ts";
import { query } from "../database.ts";
import { leftovers, listed } from "../mergeable.ts";
import type { World } from "../world.ts";

/** In what git, the database and the disk do not agree, and what lies about; nothing when all is well. */
export function findDisagreements(world: World): string[] {
  return [
    ...leftovers(world).map((what) => `left behind: ${what}`),
    ...namesInBackups(world).flatMap((name) =>
      name.endsWith(".db") && !name.startsWith(".") ? [] : `left behind: ${name}`,
    ),
    ...missingObjects(world),
    ...damage(world),
    ...openWork(world),
    ...merges(world),
    ...worktrees(world),
    ...attic(world),
  ];
}

function rows<T>(world: World, sql: string): T[] {
  return query<T>(databaseOf(world), sql);
}

function missingObjects(world: World): string[] {
  const found = spawnSync("git", ["fsck", "--no-dangling", "--no-progress"], {
    ...{ cwd: world.repository, env: world.env, encoding: "utf8" },
  });
  return found.status === 0 ? [] : [`git fsck: ${found.stdout}${found.stderr}`];
}

function damage(world: World): string[] {
  const broken = rows<Record<string, unknown>>(world, "pragma foreign_key_check");
  return [
    ...rows<{ integrity_check: string }>(world, "pragma integrity_check")
      .map((row) => row.integrity_check)
      .filter((line) => line !== "ok"),
    ...broken.map((row) => `foreign key: ${JSON.stringify(row)}`),
  ];
}

/** Operations, runs and leases whose process is dead. */
function openWork(world: World): string[] {
  const open = {
    operation: "select id, state from journal where ended_at is null",
    "gate run": "select id, state from gate_runs where state = 'running'",
    "clean room": "select number, pid from slots where pid is not null",
    "place for a command": "select number, pid from command_slots",
    "check under way": "select tree, pid from checks_under_way",
    "place in the queue": "select * from merge_queue",
  };
  return Object.entries(open).flatMap(([what, sql]) =>
    rows(world, sql).map((row) => `an open ${what}: ${JSON.stringify(row)}`),
  );
}

/** A task is on the default branch ⇔ its phase says so ⇔ there is one record ⇔ it is counted once. */
function merges(world: World): string[] {
  const format = "--format=%(trailers:key=Calm-Task,valueonly,separator=%x2C)";
  const landed = listed(world.git(["log", "--first-parent", format, "main"]));
  const records = rows<{ task_id: string }>(world, "select task_id from merges").map((row) => row.task_id);
  const moved = rows<{ id: string }>(
    world,
    "select id from tasks where phase in ('VERIFY', 'MERGED', 'DONE') order by id",
  ).map((row) => row.id);
  const counted = rows<{ name: string; value: number }>(
    world,
    "select name, value from counters where name like 'merges_since_%'",
  );
  const sorted = (names: readonly string[]): string => [...names].sort().join(", ");
  const found: string[] = [];
  if (sorted(landed) !== sorted(records))
    found.push(`main has the merges of ${sorted(landed)}, the database of ${sorted(records)}`);
  if (sorted(landed) !== sorted(moved)) found.push(`main has ${sorted(landed)}, landed are ${sorted(moved)}`);
  for (const { name, value } of counted)
    if (value !== landed.length) found.push(`${name} is ${value} after ${landed.length} merges`);
  return found;
}

/** The worktrees of the database are git's and those on the disk, each on the branch of its task. */
function worktrees(world: World): string[] {
  const known = rows<{ task_id: string; path: string }>(world, "select task_id, path from worktrees");
  const folder = join(realpathSync(world.repository), ".worktrees");
  const text = world.git(["worktree", "list", "--porcelain"]);
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
  const branches = listed(world.git(["for-each-ref", "--format=%(refname:short)", "refs/heads/SPEC-*"]));
  for (const branch of branches)
    if (!known.some((row) => row.task_id === branch)) found.push(`the branch ${branch} has no worktree`);
  return found;
}

/** What the database says is kept is kept; a ref that was made just before the kill may be there without a record. */
function attic(world: World): string[] {
  const refs = listed(world.git(["for-each-ref", "--format=%(refname) %(objectname)", "refs/calm/attic"]));
  const sql = "select ref || ' ' || commit_sha as line from attic where restored_at is null order by ref";
  const known = rows<{ line: string }>(world, sql).map((row) => row.line);
  return known.filter((line) => !refs.includes(line)).map((line) => `recorded, but not kept: ${line}`);
}
