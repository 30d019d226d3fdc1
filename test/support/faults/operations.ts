import { existsSync } from "node:fs";
import { backupOf, databaseOf } from "../backups.ts";
import { query } from "../database.ts";
import { listed } from "../mergeable.ts";
import { phaseOf } from "../operate.ts";
import type { World } from "../world.ts";

/** An operation that is killed everywhere. */
export interface Victim {
  /** Of the catalogue of failures. */
  readonly row: string;
  readonly name: string;
  readonly argv: readonly string[];
  /** Boundaries that it reaches when nobody kills it, at least. */
  readonly boundaries: number;
  /** Gits that it starts, at least. */
  readonly gits: number;
  /** Exit codes of a second call: what a first one does answers 0, and how one is refused whose work is done. */
  readonly again: readonly [done: 0, already: number];
  /** What is not as it must be once the operation has been called again. */
  readonly whole: (world: World) => string[];
}

function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}

const merge: Victim = {
  row: "M1",
  name: "merge",
  argv: ["worktree", "merge", "SPEC-001", "--yes"],
  boundaries: 20,
  gits: 20,
  again: [0, 4],
  whole: (world) => [
    ...unless(phaseOf(world, "SPEC-001") === "VERIFY", "SPEC-001 has not landed"),
    ...unless(!existsSync(world.worktree("SPEC-001")), "the worktree of SPEC-001 is still there"),
    ...unless(world.git(["branch", "--list", "SPEC-001"]) === "", "the branch SPEC-001 is still there"),
  ],
};

const create: Victim = {
  row: "W6",
  name: "create",
  argv: ["worktree", "create", "SPEC-003"],
  boundaries: 5,
  gits: 5,
  again: [0, 5],
  whole: (world) => {
    const tree = world.worktree("SPEC-003");
    if (!existsSync(tree)) return ["SPEC-003 has no worktree"];
    const status = world.git(["status", "--porcelain"], tree);
    return unless(
      status === "?? planning_docs/SPEC-003/",
      `the worktree of SPEC-003 is not as it was made: ${status}`,
    );
  },
};

const remove: Victim = {
  row: "W3",
  name: "remove",
  argv: ["worktree", "remove", "SPEC-002", "--force", "--yes"],
  boundaries: 8,
  gits: 10,
  again: [0, 3],
  whole: (world) => [
    ...unless(!existsSync(world.worktree("SPEC-002")), "the worktree of SPEC-002 is still there"),
    ...unless(keptWhole(world), "the attic does not have the work of SPEC-002 as it was"),
  ],
};

/** Edited, staged and committed state of one file each, and a file that is no text. */
function keptWhole(world: World): boolean {
  const refs = listed(world.git(["for-each-ref", "--format=%(refname)", "refs/calm/attic/SPEC-002"]));
  return refs.some((ref) => {
    const [edited, staged, committed] = [`${ref}:src/b`, `${ref}^2:src/b`, `${ref}^1:src/two`].map((path) =>
      world.git(["show", path]),
    );
    const bytes = world.git(["rev-parse", `${ref}:bytes`]);
    const texts = [edited, staged, committed].join("|");
    const whole = texts === "then edited|staged in a worktree|committed";
    return whole && bytes === "00822ce7dfc6f27759b94e2c7dfd26f25afbac9d";
  });
}

const restore: Victim = {
  row: "W1",
  name: "restore",
  argv: ["worktree", "restore", "SPEC-007"],
  boundaries: 6,
  gits: 8,
  again: [0, 5],
  whole: (world) => {
    const tree = world.worktree("SPEC-007");
    if (!existsSync(tree)) return ["SPEC-007 has no worktree"];
    const status = world.git(["status", "--porcelain"], tree);
    return unless(
      status === 'MM src/seven\n?? "odd\\nname"',
      `the worktree of SPEC-007 is not as it was: ${status}`,
    );
  },
};

const backupCreate: Victim = {
  row: "D1",
  name: "backup create",
  argv: ["backup", "create", "made"],
  boundaries: 3,
  gits: 0,
  again: [0, 5],
  whole: (world) =>
    unless(query(backupOf(world, "made"), "select id from tasks").length === 7, "the backup is not whole"),
};

const backupRestore: Victim = {
  row: "D2",
  name: "backup restore",
  argv: ["backup", "restore", "then", "--yes"],
  boundaries: 8,
  gits: 0,
  again: [0, 0],
  whole: (world) => [
    ...unless(phaseOf(world, "SPEC-005") === "VERIFY", "the merge since the backup was not recorded again"),
    ...unless(phaseOf(world, "SPEC-006") === undefined, "a task made since the backup is still there"),
    ...unless(query(databaseOf(world), "select id from tasks").length === 6, "not the tasks of the backup"),
  ],
};

/** Every operation of the suite; one more is one entry more, and what it needs in the scene. */
export const victims: readonly Victim[] = [create, merge, remove, restore, backupCreate, backupRestore];
