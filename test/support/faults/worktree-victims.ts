import { existsSync } from "node:fs";
import { listed } from "../mergeable.ts";
import { phaseOf } from "../operate.ts";
import type { World } from "../world.ts";
import { unless, type Victim } from "./victim.ts";

/** `calm worktree merge` */
export const merge: Victim = {
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

/** `calm worktree create` */
export const create: Victim = {
  row: "W6",
  name: "create",
  argv: ["worktree", "create", "SPEC-003"],
  boundaries: 5,
  gits: 3,
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

/** `calm worktree remove` */
export const remove: Victim = {
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

/** `calm worktree restore` */
export const restore: Victim = {
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

/** `calm worktree merge --docs` */
export const mergeDocuments: Victim = {
  ...{ row: "M1", name: "merge documents", argv: ["worktree", "merge", "SPEC-008", "--docs"] },
  boundaries: 15,
  gits: 15,
  again: [0, 4],
  whole: (world) => [
    ...unless(
      world.git(["ls-tree", "-r", "--name-only", "main"]).includes("planning_docs/SPEC-008/spec.md"),
      "the documents of SPEC-008 have not landed",
    ),
    ...unless(phaseOf(world, "SPEC-008") === "SPEC", "SPEC-008 has moved"),
    ...unless(existsSync(world.worktree("SPEC-008")), "SPEC-008 has no worktree any more"),
  ],
};
