import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { flagsNothing, hasNoConflict, hasNoSubmodule } from "./index-flags.ts";

test("an index file is read as git reads it, and left to git where it is more than entries", () => {
  const { root, git, commit, write } = scratchRepository();
  const index = join(root, ".git/index");
  const plain = () => flagsNothing(index, join(root, ".git"));
  const listed = () =>
    git(["ls-files", "-v", "-z"])
      .split("\0")
      .filter((line) => /^[a-zS] /.test(line));
  // Names of every length up to a multiple of eight, and one that is too long for its field.
  const deep = Array.from({ length: 20 }, () => "d".repeat(210)).join("/");
  const names = Array.from({ length: 9 }, (_, index) => "n".repeat(index + 1));
  commit("files", Object.fromEntries(names.map((name) => [name, "1"])));
  const blob = git(["rev-parse", "HEAD:n"]);
  git(["update-index", "--add", "--cacheinfo", `100644,${blob},${deep}/long`]);
  expect(plain()).toBe(true);
  write("intent", "1");
  git(["add", "--intent-to-add", "intent"]);
  expect([readFileSync(index).readUInt32BE(4), plain()]).toEqual([3, true]);
  for (const flag of ["assume-unchanged", "skip-worktree"])
    for (const name of ["n", "n".repeat(9)]) {
      git(["update-index", `--${flag}`, name]);
      expect([flag, name, plain(), listed().length]).toEqual([flag, name, false, 1]);
      git(["update-index", `--no-${flag}`, name]);
      expect(plain()).toBe(true);
    }
  git(["update-index", "--index-version", "4"]);
  expect(plain()).toBe(false);
  git(["update-index", "--index-version", "2"]);
  git(["update-index", "--split-index"]);
  expect(plain()).toBe(false);
  git(["update-index", "--no-split-index"]);
  expect(plain()).toBe(true);
  const whole = readFileSync(index);
  for (const broken of [whole.subarray(0, whole.length - 21), whole.subarray(0, 40), Buffer.from("DIRC")]) {
    writeFileSync(index, broken);
    expect(plain()).toBe(false);
  }
  writeFileSync(index, whole);
  appendFileSync(join(root, ".git/config"), "[extensions]\n\tobjectformat = sha256\n");
  expect(plain()).toBe(false);
  expect(flagsNothing(join(root, "absent"), join(root, ".git"))).toBe(false);
});

test("conflicts and submodules are seen in an index, wherever they stand", () => {
  const { root, git, commit } = scratchRepository();
  const index = join(root, ".git/index");
  const seen = () => [hasNoConflict(index, join(root, ".git")), hasNoSubmodule(index, join(root, ".git"))];
  const head = commit("files", { a: "1", z: "1" });
  expect(seen()).toEqual([true, true]);
  git(["update-index", "--add", "--cacheinfo", `160000,${head},m`]);
  expect(seen()).toEqual([true, false]);
  git(["update-index", "--force-remove", "m"]);
  const blob = git(["rev-parse", "HEAD:z"]);
  git(["update-index", "--force-remove", "z"]);
  execFileSync("git", ["update-index", "--index-info"], { cwd: root, input: `100644 ${blob} 2\tz\n` });
  expect(seen()).toEqual([false, true]);
  git(["update-index", "--split-index"]);
  expect(seen()).toEqual([false, false]);
});
