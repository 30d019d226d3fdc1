import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { during, everything, leftovers, mergeable, mergeRecords, mergeWorld } from "../support/mergeable.ts";
import { must, operate, refused } from "../support/operate.ts";
import { long } from "../support/samples.ts";
import type { World } from "../support/world.ts";

const remove = "worktree remove SPEC-001";

/** A worktree with everything that can be lost: commits, staged, unstaged, both, untracked; and ignored files. */
async function fullWorktree(): Promise<{ world: World; tree: string; head: string }> {
  const world = await mergeWorld({ ".gitignore": "*.ignored\n", "src/c": "c\n", "src/d": "d\n" });
  const head = await mergeable(world, "SPEC-001", { "src/a": "committed\n" });
  const tree = world.worktree("SPEC-001");
  world.write("src/b", "staged\n", tree);
  world.git(["add", "src/b"], tree);
  world.write("src/b", "then edited\n", tree);
  world.write("src/c", "unstaged\n", tree);
  world.git(["rm", "--quiet", "src/d"], tree);
  writeFileSync(join(tree, "bytes"), Buffer.from([0, 1, 255, 254, 13, 10, 13]));
  world.write("new folder/ü\tx", "untracked\n", tree);
  world.write("my.ignored", "ignored\n", tree);
  return { world, tree, head };
}

describe.concurrent("worktree remove", () => {
  test("of clean, merged work needs no --yes; folder, branch and record are gone", async () => {
    const world = await mergeWorld();
    await must(world, "task create SPEC-001 It");
    await must(world, "worktree create SPEC-001");
    expect(await must(world, `${remove} --dry-run`)).toMatchObject({ dry_run: true, kept: null });
    expect(existsSync(world.worktree("SPEC-001"))).toBe(true);
    expect(await must(world, remove)).toMatchObject({ kept: null, uncommitted: [], unmerged: [] });
    expect(readdirSync(join(world.repository, ".worktrees"))).toEqual([]);
    expect(world.git(["branch", "--list", "SPEC-001"])).toBe("");
    expect(world.git(["worktree", "list"]).split("\n")).toHaveLength(1);
    await refused(world, remove, [3, "worktree_not_found", /no worktree/, "calm worktree list"]);
    await must(world, "worktree create SPEC-001");
  });

  test("W1: dirty and unmerged work is refused by name; --force keeps it, and it comes back byte for byte", async () => {
    const { world, tree, head } = await fullWorktree();
    const before = everything(world);
    const dirty = await refused(world, remove, [
      4,
      "dirty_worktree",
      /: src\/b, src\/c, src\/d, bytes, new folder/,
      "--force",
    ]);
    expect(dirty.hint).toContain("calm worktree merge SPEC-001");
    await refused(world, `${remove} --force`, [
      4,
      "needs_yes",
      /uncommitted files and 1 unmerged commit/,
      "--yes",
    ]);
    const seen = world.git(["status", "--porcelain", "-uall", "-z"], tree);
    const staged = world.git(["ls-files", "--stage"], tree);
    // Another CALM_HOME may have taken the number already.
    world.git(["update-ref", "refs/calm/attic/SPEC-001/1", "main"]);
    const data = await must(world, `${remove} --force --yes`);
    expect(data["kept"]).toBe("refs/calm/attic/SPEC-001/2");
    expect(existsSync(tree)).toBe(false);
    expect(leftovers(world)).toEqual([]);
    expect({ ...everything(world), refs: "" }).toEqual({ ...before, refs: "" });
    world.git(["gc", "--quiet", "--prune=now"]);
    const kept = String(data["kept"]);
    expect(world.git(["rev-parse", `${kept}^1`])).toBe(head);
    world.git(["worktree", "add", "--quiet", "--detach", tree, kept]);
    world.git(["reset", "--quiet", "--soft", head], tree);
    world.git(["read-tree", `${kept}^2`], tree);
    expect(world.git(["ls-files", "--stage"], tree)).toBe(staged);
    expect(world.git(["status", "--porcelain", "-uall", "-z"], tree)).toBe(seen);
    expect([...readFileSync(join(tree, "bytes"))]).toEqual([0, 1, 255, 254, 13, 10, 13]);
    expect(readFileSync(join(tree, "src/b"), "utf8")).toBe("then edited\n");
    expect(readFileSync(join(tree, "new folder/ü\tx"), "utf8")).toBe("untracked\n");
    expect(mergeRecords(world).open).toEqual([]);
  });

  test("W2: commits on a detached or unborn HEAD, and of the branch, are named and both kept", async () => {
    const world = await mergeWorld();
    const head = await mergeable(world, "SPEC-001");
    const tree = world.worktree("SPEC-001");
    world.git(["checkout", "--quiet", "--detach", "main"], tree);
    const loose = world.commit({ "src/loose": "x\n" }, "on no branch", tree);
    await refused(world, remove, [4, "unmerged_work", /on no branch; .*work on SPEC-001/, "--force"]);
    const { kept } = await must(world, `${remove} --force --yes`);
    expect(world.git(["rev-parse", String(kept), `${String(kept)}-branch`]).split("\n")).toEqual([
      loose,
      head,
    ]);
    await must(world, "worktree restore SPEC-001");
    world.git(["checkout", "--quiet", "SPEC-001"], tree);
    world.git(["checkout", "--quiet", "--orphan", "other"], tree);
    const orphan = String((await must(world, `${remove} --force --yes`))["kept"]);
    expect(world.git(["rev-parse", `${orphan}-branch`])).toBe(head);
    await must(world, "worktree restore SPEC-001");
    expect(world.git(["symbolic-ref", "HEAD"], tree)).toBe("refs/heads/other");
    expect(world.git(["rev-parse", "SPEC-001"])).toBe(head);
  });

  long(
    "W9: not while a process or the shell has its directory inside; a merge lands and leaves it",
    async () => {
      const world = await mergeWorld();
      await mergeable(world, "SPEC-001");
      const tree = world.worktree("SPEC-001");
      await refused(
        world,
        `${remove} --force --yes`,
        [4, "directory_in_use", /your shell is inside the worktree/, world.repository],
        { cwd: join(tree, "src") },
      );
      const sleeper = spawn("sleep", ["60"], { cwd: tree, stdio: "ignore" });
      try {
        await refused(world, `${remove} --force --yes`, [
          4,
          "directory_in_use",
          /Process \d+ \(sleep\) has its directory inside/,
          `ps -fp ${String(sleeper.pid)}`,
        ]);
        const answer = await operate(world, "worktree merge SPEC-001", during(world));
        expect([answer.exitCode, answer.data["removed"], answer.data["phase"]]).toEqual([0, false, "VERIFY"]);
        expect(answer.warnings).toEqual([
          expect.stringMatching(/\(sleep\).*Remove it later: .*calm worktree remove SPEC-001$/s) as string,
        ]);
        expect(existsSync(join(tree, "src/SPEC-001"))).toBe(true);
        expect(leftovers(world)).toEqual([]);
      } finally {
        sleeper.kill("SIGKILL");
      }
      await new Promise((resolve) => sleeper.once("exit", resolve));
      await must(world, remove);
      expect(existsSync(tree)).toBe(false);
    },
  );

  test.runIf(existsSync("/proc/self/fd"))(
    "not while a process has a file of it open, and it is named",
    async () => {
      const world = await mergeWorld();
      await must(world, "task create SPEC-001 It");
      await must(world, "worktree create SPEC-001");
      const file = join(world.worktree("SPEC-001"), "README.md");
      const reader = spawn("sh", ["-c", `exec 3<${file}; echo open; read wait`], {
        cwd: "/",
        stdio: ["pipe", "pipe", "ignore"],
      });
      await new Promise((resolve) => reader.stdout.once("data", resolve));
      const { details } = await refused(world, remove, [
        4,
        "directory_in_use",
        /Process \d+ \(sh\) has a file of the worktree open: .*README\.md/,
        `ps -fp ${String(reader.pid)}`,
      ]);
      expect(details["processes"]).toEqual([{ pid: reader.pid, name: "sh", use: "file", path: file }]);
      reader.stdin.end();
      await new Promise((resolve) => reader.once("exit", resolve));
      await must(world, remove);
    },
  );

  long(
    "W5: a locked one is refused; a branch checked out elsewhere stays; a folder that is gone is forgotten",
    async () => {
      const world = await mergeWorld();
      await must(world, "task create SPEC-001 It");
      await must(world, "worktree create SPEC-001");
      const tree = world.worktree("SPEC-001");
      world.git(["worktree", "lock", "--reason", "on a stick", tree]);
      await refused(world, remove, [4, "directory_in_use", /is locked: on a stick/, "git worktree unlock"]);
      world.git(["worktree", "unlock", tree]);
      world.git(["checkout", "--quiet", "--detach"], tree);
      world.git(["checkout", "--quiet", "SPEC-001"]);
      const answer = await operate(world, remove);
      expect(answer.warnings).toEqual([expect.stringContaining("The branch SPEC-001 stays") as string]);
      expect(world.git(["status", "--porcelain", "--branch"])).toBe("## SPEC-001");
      world.git(["checkout", "--quiet", "main"]);
      await must(world, "worktree create SPEC-001 --adopt");
      world.commit({ "src/x": "x\n" }, "work", tree);
      rmSync(tree, { recursive: true });
      await refused(world, remove, [4, "unmerged_work", /work/, "--force"]);
      const { kept } = await must(world, `${remove} --force --yes`);
      expect(world.git(["show", `${String(kept)}:src/x`])).toBe("x");
      expect(world.git(["worktree", "list", "--porcelain"])).not.toContain("prunable");
    },
  );

  test("a repository of its own inside cannot be kept, so nothing is removed", async () => {
    const world = await mergeWorld();
    await mergeable(world, "SPEC-001");
    const nested = join(world.worktree("SPEC-001"), "nested");
    world.git(["init", "--quiet", nested]);
    world.commit({ x: "x\n" }, "nested work", nested);
    await refused(world, `${remove} --force --yes`, [
      4,
      "dirty_worktree",
      /repositories of its own.*nested\//,
      /mv .*nested/,
    ]);
    expect(existsSync(join(nested, ".git"))).toBe(true);
    // Recorded as a submodule's commit it looks clean, and its other commits would go all the same.
    const tree = world.worktree("SPEC-001");
    world.git(["-c", "advice.addEmbeddedRepo=false", "add", "nested"], tree);
    world.git(["commit", "--quiet", "-m", "embedded"], tree);
    await refused(world, `${remove} --force --yes`, [
      4,
      "dirty_worktree",
      /repositories of its own.*nested/,
      /mv /,
    ]);
    expect(existsSync(join(nested, ".git"))).toBe(true);
  });
});

test("worktree list tells what is wrong with each", async () => {
  const world = await mergeWorld();
  for (const task of ["SPEC-001", "SPEC-002", "SPEC-003", "SPEC-004", "SPEC-005"]) {
    await must(world, ["task", "create", task, task]);
    await must(world, `worktree create ${task}`);
  }
  const [conflicts, locked, missing, detached, rewritten] = ["1", "2", "3", "4", "5"].map((n) =>
    world.worktree(`SPEC-00${n}`),
  ) as [string, string, string, string, string];
  world.commit({ "src/a": "here\n" }, "here", conflicts);
  world.commit({ "src/a": "there\n" }, "there");
  world.git(["worktree", "lock", locked]);
  rmSync(missing, { recursive: true });
  world.git(["checkout", "--quiet", "--detach"], detached);
  world.write("loose", "x", detached);
  writeFileSync(join(rewritten, ".git"), `gitdir: ${join(world.folder, "evil")}\n`);
  world.git(["worktree", "add", "--quiet", "-b", "mine", join(world.folder, "foreign")]);
  const before = everything(world);
  const { worktrees } = await must(world, "worktree list");
  expect(everything(world)).toEqual(before);
  const rows = worktrees as {
    task: string | null;
    problems: string[];
    ahead: number;
    behind: number;
    uncommitted: number | null;
    conflicts: string[];
  }[];
  expect(rows.map(({ task, problems }) => [task, problems])).toEqual([
    ["SPEC-001", ["conflicts"]],
    ["SPEC-002", ["locked"]],
    ["SPEC-003", ["missing", "prunable"]],
    ["SPEC-004", ["detached"]],
    ["SPEC-005", expect.arrayContaining(["unreadable"])],
    [null, ["foreign"]],
  ]);
  expect(rows[0]).toMatchObject({ ahead: 1, behind: 1, uncommitted: 0, conflicts: ["src/a"] });
  expect(rows[3]).toMatchObject({ ahead: 0, behind: 1, uncommitted: 1 });
  const { out } = await world.calm(["worktree", "list"]);
  expect(out).toMatch(/SPEC-004 +SPEC +\(detached\) +\+0 -1 +1 +detached/);
});
