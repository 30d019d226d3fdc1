import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository, type ScratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

const open = ({ root, env }: ScratchRepository) => createGit({ commonDir: join(root, ".git"), root, env });

test("HEAD on a branch, detached, unborn, packed, and of a linked worktree", async () => {
  const scratch = scratchRepository({ empty: true });
  const { root, folder, git, commit } = scratch;
  const gateway = open(scratch);
  expect(await gateway.head(root)).toEqual({ branch: "refs/heads/main", commit: undefined });
  const first = commit("one");
  expect(await gateway.head(root)).toEqual({ branch: "refs/heads/main", commit: first });
  git(["pack-refs", "--all"]);
  expect(await gateway.head(root)).toEqual({ branch: "refs/heads/main", commit: first });
  git(["worktree", "add", "--quiet", "../w", "-b", "feature/w"]);
  expect(await gateway.head(join(folder, "w"))).toEqual({ branch: "refs/heads/feature/w", commit: first });
  git(["checkout", "--quiet", "--detach"]);
  expect(await gateway.head(root)).toEqual({ branch: undefined, commit: first });
  expect(await gateway.head(folder)).toBeUndefined();
});

test("where files are unusual git itself is asked", async () => {
  const scratch = scratchRepository();
  const { root, git } = scratch;
  const gateway = open(scratch);
  const commit = git(["rev-parse", "HEAD"]);
  git(["update-ref", "refs/bisect/bad", commit]);
  git(["symbolic-ref", "HEAD", "refs/bisect/bad"]);
  expect(await gateway.head(root)).toEqual({ branch: "refs/bisect/bad", commit });
  git(["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
  git(["tag", "-a", "v1", "-m", "v1", commit]);
  expect(await gateway.commitOf("refs/heads/alias")).toBe(commit);
  expect(await gateway.commitOf("refs/tags/v1")).toBe(commit);
  writeFileSync(join(root, ".git/refs/heads/broken"), "");
  expect(await gateway.commitOf("refs/heads/broken")).toBeUndefined();
  expect([...(await gateway.branches()).keys()]).toEqual(["alias", "main"]);
});

test("refs in a reftable are asked of git", async () => {
  const scratch = scratchRepository();
  const { root, git } = scratch;
  const gateway = open(scratch);
  const commit = git(["rev-parse", "HEAD"]);
  const answers = async () => [
    await gateway.head(root),
    await gateway.commitOf("refs/heads/main"),
    await gateway.commitOf("refs/heads/none"),
    [...(await gateway.branches())],
    [...(await gateway.refsBelow("refs/calm"))],
  ];
  const fromFiles = await answers();
  expect(fromFiles[1]).toBe(commit);
  mkdirSync(join(root, ".git/reftable"));
  expect(await answers()).toEqual(fromFiles);
});

test("a tag with the branch's name does not matter (M12)", async () => {
  const scratch = scratchRepository();
  const { git, commit } = scratch;
  git(["tag", "main"]);
  const second = commit("second");
  const gateway = open(scratch);
  expect(await gateway.commitOf("refs/heads/main")).toBe(second);
  expect(await gateway.treeOf("refs/heads/main")).toBe(git(["rev-parse", `${second}^{tree}`]));
  expect(await gateway.aheadBehind("refs/heads/main", "refs/tags/main")).toEqual({ ahead: 1, behind: 0 });
});

test("refs in files and in packed-refs are one list, the file wins, hostile names ask for nothing", async () => {
  const scratch = scratchRepository();
  const { git, commit } = scratch;
  const first = git(["rev-parse", "HEAD"]);
  git(["branch", "a/b"]);
  git(["branch", "gone"]);
  git(["update-ref", "refs/calm/attic/T/1", first]);
  git(["pack-refs", "--all"]);
  git(["branch", "-D", "gone"]);
  const second = commit("second");
  git(["branch", "--force", "a/b", second]);
  const gateway = open(scratch);
  const listed = await gateway.branches();
  expect([...listed]).toEqual([
    ["a/b", second],
    ["main", second],
  ]);
  expect([...(await gateway.refsBelow("refs/calm/attic/T"))]).toEqual([["refs/calm/attic/T/1", first]]);
  expect([...(await gateway.refsBelow("refs/calm/op/"))]).toEqual([]);
  for (const name of ["main", "refs/heads/../heads/main", "--help", "refs/heads/x y", ""]) {
    expect(await gateway.commitOf(name), name).toBeUndefined();
  }
});

test("answers from files are git's own answers, at many states", async () => {
  const scratch = scratchRepository();
  const { git, commit } = scratch;
  const gateway = open(scratch);
  for (let step = 0; step < 12; step += 1) {
    commit(`step ${step}`);
    git(["branch", `b${step}/x`]);
    if (step % 3 === 1) git(["pack-refs", "--all"]);
    if (step % 4 === 3) git(["branch", "-D", `b${step - 1}/x`]);
    const real = git(["for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads/"]);
    expect([...(await gateway.branches())].map((pair) => pair.join(" ")).join("\n")).toBe(real);
  }
});

test("the upstream of a branch, one that is gone, a local one, none", async () => {
  const scratch = scratchRepository();
  const { root, folder, git, env } = scratch;
  git(["clone", "--quiet", root, "../clone"]);
  const clone = join(folder, "clone");
  const gateway = createGit({ commonDir: join(clone, ".git"), root: clone, env });
  expect(await gateway.upstreamOf("main")).toEqual({
    ref: "refs/remotes/origin/main",
    remote: "origin",
    refThere: "refs/heads/main",
  });
  git(["update-ref", "-d", "refs/remotes/origin/main"], clone);
  expect(await gateway.upstreamOf("main")).toEqual({
    ref: "refs/remotes/origin/main",
    remote: "origin",
    refThere: "refs/heads/main",
  });
  git(["branch", "--quiet", "--track", "other", "main"], clone);
  expect(await gateway.upstreamOf("other")).toEqual({
    ref: "refs/heads/main",
    remote: ".",
    refThere: "refs/heads/main",
  });
  expect(await gateway.upstreamOf("none")).toBeUndefined();
  expect(await gateway.upstreamOf("--help")).toBeUndefined();
});
