import { existsSync } from "node:fs";
import { join } from "node:path";
import { backupOf, databaseOf } from "../backups.ts";
import { query } from "../database.ts";
import { phaseOf } from "../operate.ts";
import { unless, type Victim } from "./victim.ts";

/** `calm backup create` */
export const backupCreate: Victim = {
  row: "D1",
  name: "backup create",
  argv: ["backup", "create", "made"],
  boundaries: 3,
  gits: 0,
  again: [0, 5],
  whole: (world) =>
    unless(query(backupOf(world, "made"), "select id from tasks").length === 8, "the backup is not whole"),
};

/** `calm backup restore` */
export const backupRestore: Victim = {
  row: "D2",
  name: "backup restore",
  argv: ["backup", "restore", "then", "--yes"],
  boundaries: 8,
  gits: 0,
  again: [0, 0],
  whole: (world) => [
    ...unless(phaseOf(world, "SPEC-005") === "VERIFY", "the merge since the backup was not recorded again"),
    ...unless(phaseOf(world, "SPEC-006") === undefined, "a task made since the backup is still there"),
    ...unless(query(databaseOf(world), "select id from tasks").length === 7, "not the tasks of the backup"),
  ],
};

const lock = "worktrees/SPEC-002/index.lock";

/** `calm session save`: the text, and what is staged in a worktree as a commit. */
export const sessionSave: Victim = {
  row: "D13",
  // Of the git commit that it runs for the person, hooks and all: git leaves it, and another one's looks the same.
  leaves: lock,
  name: "session save",
  argv: ["session", "save", "--continue", "--content", "to be gone on with"],
  boundaries: 0,
  gits: 7,
  again: [0, 0],
  whole: (world) => [
    ...unless(
      query(databaseOf(world), "select id from sessions where content like '%to be gone on with%'").length >
        0,
      "the hand-off was not saved",
    ),
    ...unless(
      existsSync(join(world.repository, ".git", lock)) ||
        world.git(["show", "SPEC-002:src/b"]) === "staged in a worktree",
      "what was staged was not committed",
    ),
  ],
};
