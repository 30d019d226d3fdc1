import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function opened() {
  const scratch = scratchRepository();
  const { root, env } = scratch;
  return { ...scratch, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("files below some paths, with size and kind; other paths are left out", async () => {
  const { root, git, write, commit, gateway } = opened();
  write("gates/run.sh", "#!/bin/sh\n");
  chmodSync(join(root, "gates/run.sh"), 0o755);
  symlinkSync("run.sh", join(root, "gates/link.sh"));
  const module = git(["rev-parse", "HEAD"]);
  const head = commit("files", {
    "gates/a b/ü\n": "öö",
    "one.json": "{}",
    "gates2/x": "",
    big: "x".repeat(1e7),
  });
  git(["update-index", "--add", "--cacheinfo", `160000,${module},gates/module`]);
  git(["commit", "--quiet", "--message", "module"]);
  const last = git(["rev-parse", "HEAD"]);
  const blob = (path: string): string => git(["rev-parse", `${head}:${path}`]);
  expect(await gateway.filesBelow(last, ["gates", "one.json", "none"])).toEqual([
    { path: "gates/a b/ü\n", blob: blob("gates/a b/ü\n"), size: 4, kind: "plain" },
    { path: "gates/link.sh", blob: blob("gates/link.sh"), size: 0, kind: "other" },
    { path: "gates/module", blob: module, size: 0, kind: "other" },
    { path: "gates/run.sh", blob: blob("gates/run.sh"), size: 10, kind: "executable" },
    { path: "one.json", blob: blob("one.json"), size: 2, kind: "plain" },
  ]);
  expect(await gateway.filesBelow(head, ["big"])).toMatchObject([{ size: 1e7 }]);
  expect(await gateway.filesBelow(head, [])).toEqual([]);
});

test("an empty repository is what git finds in it, and not the one around", async () => {
  const { root, git, gateway } = opened();
  const inside = join(root, "inside");
  mkdirSync(inside);
  await gateway.initEmpty(inside);
  expect(git(["worktree", "list", "--porcelain"], inside).split("\n")[0]).toBe(`worktree ${inside}`);
  expect(existsSync(join(inside, ".git/hooks"))).toBe(false);
});
