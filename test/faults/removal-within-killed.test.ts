import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { query } from "../support/database.ts";
import { runToItsEnd } from "../support/faults/run.ts";
import { keepWorld, runCalm } from "../support/killing-git.ts";
import { leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must, phaseOf } from "../support/operate.ts";
import type { World } from "../support/world.ts";

const steps = ["noted", "moved", "kept", "keeping-recorded", "settled", "forgotten", "branch-removed"]
  .concat(["trash-removed", "recorded"])
  .map((step) => `remove.${step}`);

/** Kills a command at a step of the removal that is a part of it; gives whether it came there. */
async function kill(world: World, line: string, at: string): Promise<boolean> {
  const { killed } = await runToItsEnd(world, line.split(" "), { by: "failpoint", at, group: false });
  const fixed = runCalm(world, "doctor --fix");
  expect(fixed.status, `${line}, ${at}: ${fixed.stdout}${fixed.stderr}`).toBe(0);
  return killed;
}

/** The database, git and the disk say the same of worktrees, and nothing is left over. */
function expectAgreed(world: World, told: string): void {
  const database = join(world.env["CALM_HOME"] ?? "", "metadata.db");
  const recorded = query<{ path: string }>(database, "select path from worktrees").map(({ path }) => path);
  const listed = world.git(["worktree", "list", "--porcelain"]).match(/(?<=^worktree ).*/gm) ?? [];
  expect(listed.slice(1), told).toEqual(recorded);
  expect(
    recorded.filter((path) => !existsSync(path)),
    told,
  ).toEqual([]);
  expect([leftovers(world), mergeRecords(world).open], told).toEqual([[], []]);
}

test("a merge killed while it removes its worktree is finished, and is taken back whole", async () => {
  const world = await mergeWorld();
  const head = await mergeable(world, "SPEC-001");
  const restore = keepWorld(world);
  for (const at of steps) {
    restore();
    const killed = await kill(world, "worktree merge SPEC-001 --yes", at);
    // What has landed leaves nothing to keep.
    expect(killed, at).toBe(!["remove.kept", "remove.keeping-recorded"].includes(at));
    expectAgreed(world, at);
    expect([phaseOf(world, "SPEC-001"), existsSync(world.worktree("SPEC-001"))], at).toEqual([
      "VERIFY",
      false,
    ]);
    expect(world.git(["branch", "--list", "SPEC-001"]), at).toBe("");
    const undone = runCalm(world, "undo --yes");
    expect(undone.status, `${at}: ${undone.stderr}`).toBe(0);
    expectAgreed(world, at);
    expect([phaseOf(world, "SPEC-001"), mergeRecords(world).merges], at).toEqual(["INTEGRATE", 0]);
    expect(world.git(["rev-parse", "HEAD"], world.worktree("SPEC-001")), at).toBe(head);
  }
}, 600_000);

test("a removal that was cut short is finished by the next one, which does not begin another", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-002 Two");
  await must(world, "worktree create SPEC-002");
  world.write("mine", "mine\n", world.worktree("SPEC-002"));
  const restore = keepWorld(world);
  const words = ["worktree", "remove", "SPEC-002", "--force", "--yes"];
  for (const at of ["settled", "forgotten", "branch-removed", "trash-removed"]) {
    restore();
    const first = await runToItsEnd(world, words, { by: "failpoint", at: `remove.${at}`, group: false });
    expect(first.killed, at).toBe(true);
    const next = await runToItsEnd(world, words, { by: "failpoint", at: "remove.noted", group: false });
    expect([next.killed, next.exitCode], `${at}: ${next.out}${next.err}`).toEqual([false, 0]);
    expect(next.out, at).toMatch(/^Kept: refs\/calm\/attic\/SPEC-002\//m);
    expectAgreed(world, at);
  }
}, 600_000);

test("an undo killed while it removes or brings back a worktree is finished", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-001 It");
  expect(runCalm(world, "worktree create SPEC-001").status).toBe(0);
  const tree = world.worktree("SPEC-001");
  const made = keepWorld(world);
  for (const at of steps) {
    made();
    world.write("work", "kept\n", tree);
    expect(await kill(world, "undo --yes", at), at).toBe(true);
    expectAgreed(world, at);
    expect([existsSync(tree), world.git(["branch", "--list", "SPEC-001"])], at).toEqual([false, ""]);
    expect(world.git(["show", "refs/calm/attic/SPEC-001/1:work"]), at).toBe("kept");
  }
  made();
  expect(runCalm(world, "worktree remove SPEC-001").status).toBe(0);
  const removed = keepWorld(world);
  for (const at of ["bring-back.laid-out", "bring-back.moved"]) {
    removed();
    expect(await kill(world, "undo --yes", at), at).toBe(true);
    expectAgreed(world, at);
    expect(world.git(["status", "--porcelain", "--branch"], tree), at).toBe("## SPEC-001");
  }
}, 600_000);

test("what was moved away comes back, also where a folder was made meanwhile; one with files is told how to move", async () => {
  const world = await mergeWorld();
  await mergeable(world, "SPEC-001");
  const path = world.worktree("SPEC-001");
  const restore = keepWorld(world);
  for (const other of [undefined, "other"]) {
    restore();
    const line = ["worktree", "merge", "SPEC-001", "--yes"];
    await runToItsEnd(world, line, { by: "failpoint", at: "remove.moved", group: false });
    const folder = join(world.repository, ".worktrees");
    const trash = readdirSync(folder).find((name) => name.startsWith(".trash-")) ?? "";
    writeFileSync(join(folder, trash, "late"), "late");
    mkdirSync(path);
    if (other !== undefined) writeFileSync(join(path, other), other);
    const { stdout, stderr } = runCalm(world, "doctor --fix");
    const back = /Bring it back: (mv .*)$/m.exec(stderr)?.[1];
    expect(back === undefined, stdout + stderr).toBe(other === undefined);
    if (back !== undefined) execFileSync("sh", ["-c", back], { cwd: world.repository, env: world.env });
    expect(world.git(["status", "--porcelain"], path)).toBe("?? late");
    expect(readdirSync(folder).sort()).toEqual(["SPEC-001", ...(back === undefined ? [] : ["SPEC-001.old"])]);
  }
});
