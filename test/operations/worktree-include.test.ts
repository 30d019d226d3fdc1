import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeRecords } from "../support/mergeable.ts";
import { must, operate } from "../support/operate.ts";
import { createWorld } from "../support/world.ts";

test("ignored files that .worktreeinclude names come along, with their modes; nothing else, nothing from outside, nothing over a file", async () => {
  const world = createWorld({
    ".gitignore": ".env*\nsecrets/\nlink*\n",
    ".env.shared": "", // not tracked: ignored
    "tracked.cfg": "tracked\n",
  });
  world.git(["add", "--force", ".env.shared"]);
  world.git(["commit", "--quiet", "--message", "a tracked one"]);
  world.write(".worktreeinclude", ".env*\nsecrets/*\n!secrets/old\nlink*\n*.cfg\nplain\n");
  for (const path of [".env", ".env.shared", "deep/.env.local", "secrets/key", "secrets/old", "plain"]) {
    world.write(path, `mine: ${path}\n`);
  }
  chmodSync(join(world.repository, "secrets"), 0o700);
  chmodSync(join(world.repository, "secrets/key"), 0o600);
  world.write("outside", "outside\n", world.folder);
  symlinkSync(join(world.folder, "outside"), join(world.repository, "link"));
  for (const task of ["A", "B", "C"]) await must(world, `task create ${task} Title`);
  await must(world, "worktree create A");
  const { data, warnings } = await operate(world, "worktree create B");
  const tree = world.worktree("B");
  expect(data["copied"]).toEqual([".env", "deep/.env.local", "secrets/key"]);
  expect(readFileSync(join(tree, "secrets/key"), "utf8")).toBe("mine: secrets/key\n");
  const modes = ["secrets", "secrets/key"].map((path) => statSync(join(tree, path)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
  expect(readFileSync(join(tree, ".env.shared"), "utf8")).toBe("");
  expect(["link", "plain", "secrets/old"].filter((path) => existsSync(join(tree, path)))).toEqual([]);
  expect([...warnings].sort()).toEqual([
    expect.stringMatching(/\(behind a symbolic link, .*\): link$/),
    expect.stringMatching(/\(not ignored there, .*\): plain$/),
  ]);
  expect(world.git(["status", "--porcelain", "--untracked-files=all"], tree)).not.toContain("env");
  // Ignored files are not kept in the attic: a restored worktree gets them as a new one does.
  world.write("new", "n\n", world.worktree("A"));
  await must(world, "worktree remove A --force --yes");
  expect((await must(world, "worktree restore A"))["copied"]).toEqual([
    ".env",
    "deep/.env.local",
    "secrets/key",
  ]);
  expect(readFileSync(join(world.worktree("A"), "deep/.env.local"), "utf8")).toBe("mine: deep/.env.local\n");
  // A failure after the copying takes the copies back, too.
  world.git(["checkout", "--quiet", "-b", "linked"]);
  symlinkSync("/nowhere", join(world.repository, "planning_docs"));
  world.git(["add", "planning_docs"]);
  world.git(["commit", "--quiet", "--message", "a link"]);
  const failed = await operate(world, "worktree create C --base linked");
  expect([failed.error?.code, existsSync(world.worktree("C"))]).toEqual(["symlinked_path", false]);
  expect(mergeRecords(world).open).toEqual([]);
});
