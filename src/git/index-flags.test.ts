import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { flagsNothing } from "./index-flags.ts";

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
