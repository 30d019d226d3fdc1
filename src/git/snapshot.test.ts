import { chmodSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function opened(options: { empty?: boolean } = {}) {
  const scratch = scratchRepository(options);
  const { root, env } = scratch;
  return { ...scratch, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("keeps staged, unstaged, untracked and hidden work byte for byte, and moves nothing", async () => {
  const { gateway, git, write, commit, root, folder } = opened();
  const head = commit("files", {
    both: "1",
    unstaged: "1",
    gone: "1",
    assumed: "1",
    skipped: "1",
    ".gitignore": "*.log\n",
  });
  git(["update-index", "--assume-unchanged", "assumed"]);
  git(["update-index", "--skip-worktree", "skipped"]);
  write("both", "2");
  git(["add", "both"]);
  const bytes = Buffer.from([0, 13, 10, 255, 10, 13]);
  for (const path of ["both", "unstaged", "-n\new ü/deep"]) write(path, bytes);
  for (const path of ["assumed", "skipped", "intent", "run"]) write(path, `work in ${path}`);
  git(["add", "--intent-to-add", "intent"]);
  chmodSync(join(root, "run"), 0o755);
  symlinkSync("nowhere", join(root, "link"));
  rmSync(join(root, "gone"));
  write("noise.log", "ignored");
  const status = git(["status", "--porcelain"]);
  const indexTime = statSync(join(root, ".git/index")).mtimeMs;
  const snapshot = await gateway.snapshot(root, "calm: kept\n\nfor T-1");
  expect(statSync(join(root, ".git/index")).mtimeMs).toBe(indexTime);
  expect(git(["status", "--porcelain"])).toBe(status);
  expect(git(["log", "-1", "--format=%an %s", snapshot])).toBe("calm calm: kept");
  const [first = "", second = ""] = git(["log", "-1", "--format=%P", snapshot]).split(" ");
  expect(first).toBe(head);
  expect(git(["show", `${second}:both`])).toBe("2");
  expect(git(["ls-tree", "-r", "--name-only", second])).not.toContain("intent");
  git(["worktree", "add", "--quiet", "--detach", "../restored", snapshot]);
  const restored = (path: string) => readFileSync(join(folder, "restored", path));
  for (const path of ["both", "unstaged", "-n\new ü/deep"]) expect(restored(path)).toEqual(bytes);
  for (const path of ["assumed", "skipped", "intent", "run"])
    expect(restored(path).toString()).toBe(`work in ${path}`);
  expect(statSync(join(folder, "restored/run")).mode & 0o111).toBe(0o111);
  const names = git(["ls-tree", "-r", "--name-only", snapshot]).split("\n");
  expect(names).not.toContain("gone");
  expect(names).not.toContain("noise.log");
});

test("keeps a conflict and both sides of the merge under way", async () => {
  const { gateway, git, commit, write, root } = opened();
  git(["checkout", "--quiet", "-b", "side"]);
  const theirs = commit("theirs", { "README.md": "theirs\n", gone: "x" });
  git(["checkout", "--quiet", "main"]);
  const ours = commit("ours", { "README.md": "ours\n" });
  expect(() => git(["merge", "--quiet", "side"])).toThrow();
  write("README.md", "half solved\n");
  const status = git(["status", "--porcelain"]);
  const snapshot = await gateway.snapshot(root, "kept");
  expect(git(["status", "--porcelain"])).toBe(status);
  expect(git(["show", `${snapshot}:README.md`])).toBe("half solved");
  const [first, second, third] = git(["log", "-1", "--format=%P", snapshot]).split(" ");
  expect(first).toBe(ours);
  expect(git(["log", "-1", "--format=%P", third ?? ""]).split(" ")).toContain(theirs);
  expect(git(["show", `${second ?? ""}:README.md`])).toBe("ours");
});

test("on an unborn branch, with a split index, and not with a repository inside", async () => {
  const { gateway, git, commit, write, root } = opened({ empty: true });
  write("new", "x");
  const early = await gateway.snapshot(root, "kept");
  expect(git(["show", `${early}:new`])).toBe("x");
  commit("first", { a: "1" });
  git(["update-index", "--split-index"]);
  write("a", "2");
  const snapshot = await gateway.snapshot(root, "kept");
  expect(git(["show", `${snapshot}:a`])).toBe("2");
  write("nested/file", "inside");
  git(["init", "--quiet", "nested"]);
  const refusal = { code: "dirty_worktree", details: { repositories: ["nested"] } };
  await expect(gateway.snapshot(root, "kept")).rejects.toMatchObject(refusal);
  commit("inside", {}, join(root, "nested"));
  await expect(gateway.snapshot(root, "kept")).rejects.toMatchObject(refusal);
});

test("sees what a sparse checkout does not, and invents no deletion", async () => {
  const { gateway, git, commit, write, root } = opened();
  commit("files", { "in/a": "1", "out/b": "1" });
  git(["sparse-checkout", "set", "in"]);
  write("out/new", "work");
  const snapshot = await gateway.snapshot(root, "kept");
  expect(git(["ls-tree", "-r", "--name-only", snapshot])).toBe("README.md\nin/a\nout/b\nout/new");
});
