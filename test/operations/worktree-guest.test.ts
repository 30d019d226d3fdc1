import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { during, leftovers, mergeWorld, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, phaseOf, refused } from "../support/operate.ts";

const create = "worktree create SPEC-001";

test("a worktree that somebody made elsewhere is taken over where it is, and never moved or removed", async () => {
  const world = await mergeWorld();
  await must(world, "task create SPEC-001 Title");
  const mine = join(world.folder, "mine");
  world.git(["worktree", "add", "--quiet", "-b", "SPEC-001", mine]);
  world.write("loose", "mine\n", mine);
  const held = [
    5,
    "branch_exists",
    /checked out at .*mine/,
    /--adopt, or free it: git worktree remove/,
  ] as const;
  await refused(world, create, held);
  const { error: nothing } = await operate(world, "worktree remove SPEC-001 --force --yes");
  expect(nothing?.code).toBe("worktree_not_found");
  world.git(["update-ref", "refs/calm/attic/SPEC-001/1", "HEAD"]);
  const restored = await operate(world, "worktree restore SPEC-001");
  expect(restored.error?.hint).toMatch(/^Free it: git worktree remove \S+\/mine;/);
  world.git(["update-ref", "-d", "refs/calm/attic/SPEC-001/1"]);
  const { issues } = (await operate(world, "worktree health")).data;
  expect(issues).toMatchObject([{ kind: "unknown_worktree", path: mine, command: `calm ${create} --adopt` }]);
  expect(await must(world, `${create} --adopt`)).toMatchObject({ path: mine, adopted: "worktree" });
  expect(await must(world, "worktree list")).toMatchObject({
    worktrees: [{ task: "SPEC-001", path: mine, problems: [] }],
  });
  // Forgotten, with work in it, and calm's again.
  const forgotten = await must(world, "worktree remove SPEC-001");
  expect(forgotten).toMatchObject({ path: mine, stays: true, kept: null });
  expect(await must(world, "undo")).toMatchObject({ worktrees: [{ action: "take_over", done: true }] });
  expect(await must(world, "worktree path SPEC-001")).toMatchObject({ path: mine });

  const head = world.commit(
    { "src/a": "one\ntwo\nthree\nfour\n", "changelog.d/SPEC-001.md": "x\n" },
    "work",
    mine,
  );
  putIntoPhase(world, "SPEC-001", "INTEGRATE");
  const merged = await operate(world, "worktree merge SPEC-001", during(world));
  expect([merged.data["passed"], merged.data["removed"]]).toEqual([true, false]);
  expect(merged.warnings).toEqual([
    expect.stringMatching(/mine is not calm's own and stays, with its branch/),
  ]);
  expect(await must(world, "worktree list")).toMatchObject({ worktrees: [{ task: null, path: mine }] });
  expect((await operate(world, "worktree health")).data["passed"]).toBe(true);
  const undone = await must(world, "undo --yes", during(world));
  expect(undone["worktrees"]).toMatchObject([{ action: "take_over", done: true }]);
  expect([phaseOf(world, "SPEC-001"), world.git(["rev-parse", "HEAD"], mine)]).toEqual(["INTEGRATE", head]);

  await must(world, "task delete SPEC-001 --yes");
  expect(await must(world, "undo")).toMatchObject({ worktrees: [{ action: "take_over", done: true }] });
  expect(readFileSync(join(mine, "loose"), "utf8")).toBe("mine\n");
  // On a disk that is gone, its entry in git is its owner's to drop.
  rmSync(mine, { recursive: true });
  const fixed = await operate(world, "worktree health --fix");
  expect(fixed.data["issues"]).toMatchObject([{ kind: "missing_folder", task: null, path: mine }]);
  expect(world.git(["worktree", "list"])).toContain(mine);
  expect([existsSync(world.worktree("SPEC-001")), leftovers(world)]).toEqual([false, []]);
});
