import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { databaseOf } from "../support/backups.ts";
import { change } from "../support/database.ts";
import { findDisagreements } from "../support/faults/agreement.ts";
import { findLosses } from "../support/faults/memory.ts";
import { makeProject } from "../support/faults/scene.ts";
import type { World } from "../support/world.ts";

const inGit = (world: World, name: string): string => join(world.repository, ".git", name);

/** What a calm that is killed could do, and what the suite has to say of it. */
const harms: readonly (readonly [what: string, harm: (world: World) => void, told: RegExp])[] = [
  [
    "an index.lock",
    (world) => {
      writeFileSync(inGit(world, "index.lock"), "");
    },
    /left behind: index.lock/,
  ],
  [
    "a MERGE_HEAD",
    (world) => {
      writeFileSync(inGit(world, "MERGE_HEAD"), "");
    },
    /left behind: MERGE_HEAD/,
  ],
  ["a pin", (world) => world.git(["update-ref", "refs/calm/op/OP-x", "main"]), /left behind: refs\/calm\/op/],
  [
    "trash",
    (world) => {
      mkdirSync(join(world.repository, ".worktrees/.trash-x"));
    },
    /left behind: .trash-x/,
  ],
  [
    "half a backup",
    (world) => {
      writeFileSync(join(world.env["CALM_HOME"] ?? "", "backups/.new-x"), "");
    },
    /left behind: .new-x/,
  ],
  [
    "an untracked file gone",
    (world) => {
      rmSync(join(world.worktree("SPEC-004"), "notes"));
    },
    /lost content of .*SPEC-004\/notes/,
  ],
  [
    "an edit gone",
    (world) => world.git(["checkout", "src/four"], world.worktree("SPEC-004")),
    /lost content of .*src\/four/,
  ],
  [
    "a staged version gone",
    (world) => world.git(["reset", "--quiet"], world.worktree("SPEC-002")),
    /lost content of an index/,
  ],
  [
    "a branch gone",
    (world) => world.git(["update-ref", "-d", "refs/heads/own-idea"]),
    /changed in the checkout|ambiguous|unknown/,
  ],
  ["a commit gone", (world) => world.git(["update-ref", "refs/heads/SPEC-004", "main"]), /lost commit/],
  [
    "an attic entry gone",
    (world) => world.git(["update-ref", "-d", "refs/calm/attic/SPEC-007/1"]),
    /recorded, but not kept/,
  ],
  [
    "an edit of the person's",
    (world) => {
      appendFileSync(join(world.repository, "README.md"), "x");
    },
    /changed in the checkout/,
  ],
  ["something of the person's staged", (world) => world.git(["add", "README.md"]), /changed in the checkout/],
  [
    "a lost object",
    (world) => {
      rmSync(inGit(world, "objects"), { recursive: true });
      mkdirSync(inGit(world, "objects"));
    },
    /fsck|bad object|fatal/,
  ],
  [
    "a merge without its record",
    (world) => {
      change(databaseOf(world), "delete from merges");
    },
    /main has the merges/,
  ],
  [
    "a merge without its phase",
    (world) => {
      change(databaseOf(world), "update tasks set phase = 'INTEGRATE' where id = 'SPEC-005'");
    },
    /landed are/,
  ],
  [
    "a merge that counts twice",
    (world) => {
      change(databaseOf(world), "update counters set value = 2 where name = 'merges_since_e2e'");
    },
    /is 2 after 1 merges/,
  ],
  [
    "a merge off main",
    (world) => world.git(["update-ref", "refs/heads/main", "main~"]),
    /main has the merges/,
  ],
  [
    "a worktree without its row",
    (world) => {
      change(databaseOf(world), "delete from worktrees where task_id = 'SPEC-004'");
    },
    /worktrees of calm/,
  ],
  [
    "a worktree without its folder",
    (world) => {
      rmSync(world.worktree("SPEC-008"), { recursive: true });
    },
    /prunable or locked/,
  ],
  [
    "an open operation",
    (world) => {
      change(databaseOf(world), "update journal set ended_at = null");
    },
    /an open operation/,
  ],
  [
    "a room of a dead process",
    (world) => {
      change(databaseOf(world), "update slots set pid = 1");
    },
    /an open clean room/,
  ],
];

test("the suite sees each harm that it says that it looks for", async () => {
  const scene = await (await makeProject()).before({});
  const { world, memory } = scene;
  const look = (): string => {
    try {
      return [...findLosses(world, memory), ...findDisagreements(world)].join("\n");
    } catch (error) {
      return String(error); // a world that cannot be looked at is a bad round, too
    }
  };
  expect(look()).toBe("");
  for (const [what, harm, told] of harms) {
    scene.restore();
    harm(world);
    expect(look(), what).toMatch(told);
  }
}, 600_000);
