import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { everything, gitThatFirst, leftovers, mergeRecords, putIntoPhase } from "../support/mergeable.ts";
import { must, operate, refused } from "../support/operate.ts";
import { long } from "../support/samples.ts";
import { createWorld, type World } from "../support/world.ts";

const create = "worktree create SPEC-001";

async function taskWorld(): Promise<World> {
  const world = createWorld({ "README.md": "# it\n", "src/a": "a\n" });
  await must(world, "task create SPEC-001 It");
  return world;
}

/** Nothing of a creation is there: no folder, no branch, no registration, no record, no open journal. */
async function expectNothing(world: World, refs: string): Promise<void> {
  expect(world.git(["for-each-ref"])).toBe(refs);
  expect(existsSync(world.worktree("SPEC-001"))).toBe(false);
  expect(world.git(["worktree", "list"]).split("\n")).toHaveLength(1);
  expect((await world.json(["task", "show", "SPEC-001"]))["worktree_path"]).toBeNull();
  expect(mergeRecords(world).open).toEqual([]);
  expect(leftovers(world)).toEqual([]);
}

describe.concurrent("worktree create", () => {
  test("makes folder, branch and templates from the tip of the default branch, and leaves the checkout alone", async () => {
    const world = await taskWorld();
    world.git(["tag", "SPEC-001"]);
    world.write("src/a", "edited\n");
    const before = everything(world);
    const data = await must(world, create);
    const tree = world.worktree("SPEC-001");
    expect(data).toMatchObject({ path: tree, branch: "SPEC-001", base: world.git(["rev-parse", "main"]) });
    expect(data["templates"]).toEqual([
      "planning_docs/SPEC-001/spec.md",
      "planning_docs/SPEC-001/proposal.md",
    ]);
    expect(world.git(["symbolic-ref", "HEAD"], tree)).toBe("refs/heads/SPEC-001");
    expect(readFileSync(join(world.repository, ".git/config"), "utf8")).not.toContain("[branch");
    expect({ ...everything(world), refs: "" }).toEqual({ ...before, refs: "" });
    expect(world.git(["status", "--porcelain"])).toBe(" M src/a");
    await refused(world, create, [
      5,
      "already_exists",
      /has a worktree already/,
      "calm worktree path SPEC-001",
    ]);
    expect((await must(world, "worktree path SPEC-001"))["path"]).toBe(tree);
    await must(world, "task create SPEC-002 Next");
    world.commit({ "src/b": "b\n" }, "more", tree);
    const next = await must(world, "worktree create SPEC-002 --base SPEC-001");
    expect(next["base"]).toBe(world.git(["rev-parse", "refs/heads/SPEC-001"]));
    await must(world, "task create SPEC-003 Third");
    await refused(world, "worktree create SPEC-003 --base nowhere", [
      2,
      "invalid_input",
      /nowhere/,
      "git branch",
    ]);
    await refused(world, "worktree path SPEC-003", [
      3,
      "worktree_not_found",
      /no worktree/,
      "worktree create SPEC-003",
    ]);
    putIntoPhase(world, "SPEC-003", "VERIFY");
    await refused(world, "worktree create SPEC-003", [
      4,
      "wrong_phase",
      /its code has landed/,
      "task create BUG",
    ]);
  });

  test("W16: a branch, a folder of branches, a twin in case, a folder, a stale worktree hold the name", async () => {
    const world = await taskWorld();
    const path = world.worktree("SPEC-001");
    const held = async (message: RegExp, hint: RegExp): Promise<void> => {
      await refused(world, create, [5, "branch_exists", message, hint]);
    };
    world.git(["branch", "SPEC-001/part"]);
    await held(/SPEC-001\/part takes the name/, /git branch -m SPEC-001\/part/);
    world.git(["branch", "-D", "SPEC-001/part"]);
    world.git(["branch", "spec-001"]);
    await held(/spec-001 differs from SPEC-001 only in case/, /git branch -m spec-001/);
    world.git(["branch", "-D", "spec-001"]);
    mkdirSync(path, { recursive: true });
    await held(/exists already and is no worktree/, /mv .*SPEC-001/);
    rmSync(path, { recursive: true });
    world.git(["worktree", "add", "--quiet", "--detach", path]);
    await held(/git has a worktree with a detached HEAD/, /git worktree remove/);
    rmSync(path, { recursive: true });
    await held(/detached HEAD at .*though it is gone/, /git worktree remove/);
    world.git(["worktree", "remove", path]);
    world.git(["checkout", "--quiet", "-b", "SPEC-001"]);
    await held(/is checked out at .*repo/, /git -C .*repo checkout main/);
    world.git(["checkout", "--quiet", "main"]);
    await held(
      /A branch SPEC-001 exists already, at [0-9a-f]{7} \(commits that main does not have: 0\)/,
      /--adopt, or clear it away: calm worktree remove SPEC-001/,
    );
    await must(world, "worktree remove SPEC-001");
    expect(world.git(["branch", "--list", "SPEC-001"])).toBe("");
    await must(world, create);
  });

  test("--adopt takes a branch or a worktree over, with the work in it", async () => {
    const world = await taskWorld();
    world.git(["checkout", "--quiet", "-b", "SPEC-001"]);
    const head = world.commit({ "src/b": "b\n" }, "begun");
    world.git(["checkout", "--quiet", "main"]);
    world.git(["tag", "SPEC-001", "main"]); // the branch is meant, not the tag
    const data = await must(world, `${create} --adopt`);
    const tree = world.worktree("SPEC-001");
    expect([data["base"], world.git(["rev-parse", "HEAD"], tree)]).toEqual([head, head]);
    expect(world.git(["symbolic-ref", "HEAD"], tree)).toBe("refs/heads/SPEC-001");
    await must(world, "task create SPEC-002 Other");
    const other = world.worktree("SPEC-002");
    world.git(["worktree", "add", "--quiet", "-b", "SPEC-002", other]);
    world.write("loose", "mine", other);
    await refused(world, "worktree create SPEC-002", [5, "branch_exists", /calm did not make/, "--adopt"]);
    await must(world, "worktree create SPEC-002 --adopt");
    expect(readFileSync(join(other, "loose"), "utf8")).toBe("mine");
    const { worktrees } = await must(world, "worktree list");
    expect(worktrees).toMatchObject([
      { task: "SPEC-001", problems: [] },
      { task: "SPEC-002", uncommitted: 1 },
    ]);
  });

  test("W10: nothing is written through a symbolic link, and a failure half-way leaves nothing", async () => {
    const world = await taskWorld();
    const refs = world.git(["for-each-ref"]);
    const outside = join(world.folder, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(world.repository, ".worktrees"));
    await refused(world, create, [4, "symlinked_path", /\.worktrees is a symbolic link/, "rm"]);
    rmSync(join(world.repository, ".worktrees"));
    symlinkSync(outside, join(world.repository, "bug_reports"));
    symlinkSync(outside, join(world.repository, "planning_docs"));
    world.git(["add", "--all"]);
    world.git(["commit", "--quiet", "--message", "links"]);
    const after = world.git(["for-each-ref"]);
    await refused(world, create, [4, "symlinked_path", /planning_docs is a symbolic link/, "rm"]);
    await expectNothing(world, after);
    await must(world, "task create BUG-001 Broken");
    await refused(world, "worktree create BUG-001", [
      4,
      "symlinked_path",
      /bug_reports is a symbolic link/,
      "rm",
    ]);
    expect(refs).not.toBe(after);
    expect(readdirSync(outside)).toEqual([]);
  });

  long(
    "git fails half-way: nothing is left; what somebody did there meanwhile stays, and is told",
    async () => {
      const world = await taskWorld();
      const refs = world.git(["for-each-ref"]);
      const tree = world.worktree("SPEC-001");
      // What its branch ignores is asked for when the worktree is there already.
      appendFileSync(join(world.repository, ".git/info/exclude"), ".env\n");
      world.write(".env", "secret\n");
      world.write(".worktreeinclude", ".env\n");
      const fails = gitThatFirst(world, "check-ignore", "exit 1; ");
      const shim = join(world.folder, "shim/git");
      const failing = readFileSync(shim, "utf8");
      writeFileSync(shim, failing.replace(">&2; fi", ">&2; exit 3; fi"), { mode: 0o755 });
      expect((await operate(world, create, { env: fails })).error?.code).toBe("git_failed");
      await expectNothing(world, refs);
      rmSync(join(world.folder, "shim-done"));
      writeFileSync(
        shim,
        failing.replace("(exit 1; )", `(echo mine > ${tree}/mine)`).replace(">&2; fi", ">&2; exit 3; fi"),
        { mode: 0o755 },
      );
      const answer = await operate(world, create, { env: fails });
      expect(answer.err).toMatch(
        /stays, because it holds mine\. Take it over: calm worktree create SPEC-001 --adopt/,
      );
      expect(readFileSync(join(tree, "mine"), "utf8")).toBe("mine\n");
      await must(world, `${create} --adopt`);
    },
  );

  test("M13: a repository without a commit is told so", async () => {
    const world = createWorld({});
    world.git(["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    const answer = await operate(world, "task create SPEC-001 It");
    const made = answer.exitCode === 0 ? await operate(world, create) : answer;
    expect([made.exitCode, made.error?.code]).toEqual([3, "unborn_branch"]);
  });
});
