import { existsSync } from "node:fs";
import { phaseOf } from "../operate.ts";
import type { World } from "../world.ts";
import { runToItsEnd } from "./run.ts";
import { unless, type Victim } from "./victim.ts";
import { merge, remove } from "./worktree-victims.ts";

/** Lets the real program do what is taken back: an undo is refused to another than who did it. */
async function done(world: World, { argv }: Victim): Promise<void> {
  const { exitCode, out, err } = await runToItsEnd(world, argv);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: exit code ${exitCode}: ${out}${err}`);
}

const undo: Pick<Victim, "argv" | "again"> = {
  argv: ["undo", "--yes"],
  // Whatever was done before was done by somebody else, so that no second undo takes it back.
  again: [0, 4],
};

function backBeforeItsMerge(world: World): string[] {
  const tree = world.worktree("SPEC-001");
  if (!existsSync(tree)) return ["SPEC-001 has no worktree"];
  const status = world.git(["status", "--porcelain", "--branch"], tree);
  return [
    ...unless(phaseOf(world, "SPEC-001") === "INTEGRATE", "SPEC-001 is not before its merge"),
    ...unless(status === "## SPEC-001", `the worktree of SPEC-001 is not as it was: ${status}`),
    ...unless(!world.git(["ls-tree", "-r", "main"]).includes("src/new/deep"), "the work is still on main"),
    ...unless(world.git(["show", "SPEC-001:src/turns"]) === "a file now", "the branch has not the work"),
  ];
}

/** `calm undo` of a merge, after which nothing has happened: the default branch goes back. */
export const undoMerge: Victim = {
  ...{ ...undo, row: "M1", name: "undo a merge", boundaries: 12, gits: 12 },
  letsGo: ["main"],
  before: (world) => done(world, merge),
  whole: backBeforeItsMerge,
};

/** `calm undo` of a merge on which somebody has gone on: it is reverted, and the revert goes through the gate. */
export const undoReverting: Victim = {
  ...{ ...undo, row: "M3", name: "undo by revert", boundaries: 13, gits: 15 },
  before: async (world) => {
    await done(world, merge);
    world.write("src/person", "went on\n");
    world.git(["add", "src/person"]);
    world.git(["commit", "--quiet", "--only", "--message", "Somebody's work", "src/person"]);
  },
  whole: (world) => [
    ...backBeforeItsMerge(world),
    ...unless(world.git(["show", "main:src/person"]) === "went on", "somebody's work is not on main"),
  ],
};

/** `calm undo` of a removal: the worktree is as it was, with its commits and edits. */
export const undoRemoval: Victim = {
  ...{ ...undo, row: "W3", name: "undo a removal", boundaries: 4, gits: 10 },
  before: (world) => done(world, remove),
  whole: (world) => {
    const tree = world.worktree("SPEC-002");
    if (!existsSync(tree)) return ["SPEC-002 has no worktree"];
    const status = world.git(["status", "--porcelain"], tree);
    return [
      ...unless(status === "MM src/b\n?? bytes", `the worktree of SPEC-002 is not as it was: ${status}`),
      ...unless(world.git(["show", "SPEC-002:src/two"]) === "committed", "the branch has not the work"),
    ];
  },
};
