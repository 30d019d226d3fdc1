import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToItsEnd } from "../support/faults/run.ts";
import { runCalm } from "../support/killing-git.ts";
import { must, operate } from "../support/operate.ts";
import { type Ended, program, start } from "../support/real-calm.ts";
import { createWorld, type World } from "../support/world.ts";

/** A git that the system refuses to go on cleans up what it can: it forgets the worktree, and its files stay. */
async function halfMade(): Promise<World> {
  const world = createWorld();
  await must(world, "task create SPEC-1 One");
  const fault = { by: "failpoint", at: "create.checked-out", group: false } as const;
  expect((await runToItsEnd(world, ["worktree", "create", "SPEC-1"], fault)).killed).toBe(true);
  rmSync(join(world.repository, ".git/worktrees/SPEC-1"), { recursive: true });
  rmSync(join(world.worktree("SPEC-1"), ".git"));
  return world;
}

test("W6: the files that a failed `git worktree add` leaves go, unless somebody has changed or added one", async () => {
  const [untouched, used] = [await halfMade(), await halfMade()];
  used.write("README.md", "edited\n", used.worktree("SPEC-1"));
  for (const world of [untouched, used]) expect([0, 1]).toContain(runCalm(world, "doctor --fix").status);
  expect(existsSync(untouched.worktree("SPEC-1"))).toBe(false);
  expect(untouched.git(["branch", "--list", "SPEC-1"])).toBe("");
  expect(runCalm(untouched, "worktree create SPEC-1").status).toBe(0);
  expect(existsSync(join(used.worktree("SPEC-1"), "README.md"))).toBe(true);
});

test("W7: doctor removes the lock that a git could not remove any more, and nothing that is younger", async () => {
  const world = createWorld();
  await must(world, "task create SPEC-1 One");
  const lock = join(world.repository, ".git/refs/heads/main.lock");
  writeFileSync(lock, "");
  const { data } = await operate(world, "doctor");
  expect(JSON.stringify(data)).toContain("refs/heads/main.lock is left of a git that has ended");
  await must(world, "doctor --fix");
  expect(existsSync(lock)).toBe(false);
});

/** Runs the real program with a git to which the system refuses new worktrees as long as a file is there. */
async function refusing(world: World, file: string, line: string): Promise<Ended> {
  const shim = join(world.folder, "refusing-git");
  mkdirSync(shim, { recursive: true });
  const [path, there] = [world.env["PATH"] ?? "", join(world.folder, file)];
  const script = `#!/bin/sh\nPATH=${path}\ncase "$*" in *" worktree add "*) [ ! -e ${there} ] || exit 128;; esac\nexec git "$@"\n`;
  writeFileSync(join(shim, "git"), script, { mode: 0o755 });
  const env = { ...world.env, PATH: `${shim}:${path}` };
  return start([process.execPath, program, ...line.split(" ")], { cwd: world.repository, env }).ended;
}

test("a worktree that could not come back for want of room comes back with doctor --fix, or the next undo", async () => {
  for (const line of ["doctor --fix", "undo"]) {
    const world = createWorld();
    for (const made of ["task create SPEC-1 One", "worktree create SPEC-1"])
      expect(runCalm(world, made).status).toBe(0);
    world.write("notes", "mine\n", world.worktree("SPEC-1"));
    expect(runCalm(world, "worktree remove SPEC-1 --force --yes").status).toBe(0);
    writeFileSync(join(world.folder, "full"), "");
    const refused = await refusing(world, "full", "undo");
    expect([refused.exitCode, refused.err]).toEqual([
      8,
      expect.stringMatching(/^hint: .*calm doctor --fix$/m),
    ]);
    rmSync(join(world.folder, "full"));
    expect((await refusing(world, "full", line)).exitCode, line).toBe(0);
    expect(existsSync(join(world.worktree("SPEC-1"), "notes")), line).toBe(true);
    expect(runCalm(world, "task show SPEC-1").status, line).toBe(0);
  }
});
