import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keepWorld } from "../killing-git.ts";
import { during, mergeable, mergeWorld } from "../mergeable.ts";
import { must } from "../operate.ts";
import type { World } from "../world.ts";
import { type Memory, remember } from "./memory.ts";
import { runToItsEnd } from "./run.ts";
import type { Victim } from "./victim.ts";

/** A project as one operation is called in it. */
export interface Scene {
  readonly world: World;
  /** What must survive. */
  readonly memory: Memory;
  /** Brings the world back to its beginning, at the same place. */
  restore(): void;
}

/** A project at work, in which the suite kills one operation after the other. */
export interface Project {
  readonly world: World;
  /** The scene of an operation: the project, and what comes before that operation. */
  before(victim: Pick<Victim, "before" | "letsGo">): Promise<Scene>;
}

/**
 * A person has edits of every kind in the main checkout, and a stash. SPEC-001 may be merged and changes files into
 * folders; SPEC-002 has unmerged commits and edits; SPEC-003 has no worktree; SPEC-004 is somebody's work that no
 * operation concerns; SPEC-005 has landed since the backup `then`, and SPEC-006 was made since; the work of SPEC-007 is in
 * the attic; SPEC-008 has documents.
 */
export async function makeProject(): Promise<Project> {
  const world = await mergeWorld({
    "src/x": "x\n".repeat(2000),
    "src/turns/inner": "i\n",
    "src/file": "f\n",
    "src/tool": "#!/bin/sh\n",
    ".gitignore": "*.ignored\n",
  });
  world.git(["branch", "own-idea"]);
  await mergeable(world, "SPEC-005", { "src/five": "5\n" });
  await makeMergeable(world);
  await makeUnmerged(world);
  await must(world, "task create SPEC-003 Third");
  await putIntoAttic(world);
  await mergeable(world, "SPEC-004", { "src/four": "4\n" });
  world.write("src/four", "being edited\n", world.worktree("SPEC-004"));
  world.write("notes", "of somebody\n", world.worktree("SPEC-004"));
  await must(world, "task create SPEC-008 Documented");
  await must(world, "worktree create SPEC-008");
  world.commit(
    { "planning_docs/SPEC-008/spec.md": "# What it is to do\n" },
    "spec",
    world.worktree("SPEC-008"),
  );
  await must(world, "backup create then");
  await must(world, "worktree merge SPEC-005 --yes", during(world));
  await must(world, "task create SPEC-006 Later");
  editByHand(world);
  // The world's own calm is one of another host, and what a real one meets first is to be known beforehand.
  await runToItsEnd(world, ["init"]);
  const restore = keepWorld(world);
  return {
    world,
    before: async ({ before, letsGo }) => {
      restore();
      await before?.(world);
      return { world, memory: remember(world, letsGo), restore: before ? keepWorld(world) : restore };
    },
  };
}

async function makeMergeable(world: World): Promise<void> {
  const files = { "src/a": "one\ntwo\nthree\nfour\n", "src/new/deep": "n\n", "src/x": "y\n".repeat(3000) };
  await mergeable(world, "SPEC-001", files);
  const tree = world.worktree("SPEC-001");
  for (const path of ["turns", "file"]) rmSync(join(tree, "src", path), { recursive: true });
  symlinkSync("a", join(tree, "src/link"));
  chmodSync(join(tree, "src/tool"), 0o755);
  world.commit({ "src/turns": "a file now\n", "src/file/inner": "a folder now\n" }, "turns", tree);
}

async function makeUnmerged(world: World): Promise<void> {
  await mergeable(world, "SPEC-002", { "src/two": "committed\n" });
  const tree = world.worktree("SPEC-002");
  world.write("src/b", "staged in a worktree\n", tree);
  world.git(["add", "src/b"], tree);
  world.write("src/b", "then edited\n", tree);
  writeFileSync(join(tree, "bytes"), Buffer.from([0, 255, 13, 10]));
}

async function putIntoAttic(world: World): Promise<void> {
  await mergeable(world, "SPEC-007", { "src/seven": "committed\n" });
  const tree = world.worktree("SPEC-007");
  world.write("src/seven", "staged\n", tree);
  world.git(["add", "src/seven"], tree);
  world.write("src/seven", "edited\n", tree);
  world.write("odd\nname", "new\n", tree);
  await must(world, "worktree remove SPEC-007 --force --yes");
}

function editByHand(world: World): void {
  world.write("README.md", "put aside\n");
  world.git(["stash"]);
  world.write("README.md", "edited\n");
  world.write("src/b", "staged\n");
  world.git(["add", "src/b"]);
  world.write("src/b", "edited again\n");
  world.write("mine", "untracked\n");
  world.write("my.ignored", "ignored\n");
}
