import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  readdirSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function opened() {
  const scratch = scratchRepository();
  const { root, env, git } = scratch;
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  return { ...scratch, gateway, first: git(["rev-parse", "HEAD"]) };
}

test("adds, lists and forgets a worktree at a hostile path, and touches no other entry (W3, W4)", async () => {
  const { gateway, git, folder, root, first } = opened();
  const path = join(folder, "w\n-ü");
  await gateway.addWorktree(path, "T-1", first);
  await gateway.addWorktree(join(folder, "other"), "T-2", first);
  git(["worktree", "lock", "--reason", "keep", join(folder, "other")]);
  expect(await gateway.listWorktrees()).toMatchObject([
    { path: root, branch: "refs/heads/main", head: first, locked: undefined },
    { path: join(folder, "other"), branch: "refs/heads/T-2", locked: "keep" },
    { path, branch: "refs/heads/T-1", detached: false, bare: false },
  ]);
  expect([...gateway.checkoutRoots()].sort()).toEqual([root, join(folder, "other"), path].sort());
  expect(readFileSync(join(root, ".git/config"), "utf8")).not.toContain("[branch");
});

test("forgets only what is gone, and a second time is fine", async () => {
  const { gateway, git, root, folder, first } = opened();
  const [path, other] = [join(folder, "w"), join(folder, "other")];
  await gateway.addWorktree(path, "T-1", first);
  await gateway.addWorktree(other, "T-2", first);
  await expect(gateway.forgetWorktree(path)).rejects.toMatchObject({ code: "git_failed" });
  renameSync(path, join(folder, "trash"));
  rmSync(other, { recursive: true });
  symlinkSync(folder, join(folder, "link"));
  await gateway.forgetWorktree(join(folder, "link/w"));
  expect(await gateway.listWorktrees()).toHaveLength(2);
  await gateway.forgetWorktree(path);
  expect((await gateway.listWorktrees()).map((worktree) => worktree.path)).toContain(other);
  expect(existsSync(join(folder, "trash/README.md"))).toBe(true);
  expect(readdirSync(join(root, ".git/worktrees"))).toEqual(["other"]);
  // Of an entry that is half gone, because somebody was killed, the rest goes.
  for (const name of ["HEAD", "commondir", "index"]) rmSync(join(root, ".git/worktrees/other", name));
  await gateway.forgetWorktree(other);
  expect([readdirSync(join(root, ".git/worktrees")), git(["worktree", "list"]).split("\n")]).toEqual([
    ...[[], [expect.stringContaining(root)]],
  ]);
});

test("a branch that exists is attached, even next to a tag of its name; a taken one is refused", async () => {
  const { gateway, git, commit, folder, first } = opened();
  const second = commit("second");
  git(["branch", "T-1", first]);
  git(["tag", "T-1", second]);
  await gateway.attachWorktree(join(folder, "w"), "T-1");
  expect(await gateway.head(join(folder, "w"))).toEqual({ branch: "refs/heads/T-1", commit: first });
  expect(await gateway.dirtyFiles(join(folder, "w"))).toEqual([]);
  await expect(gateway.addWorktree(join(folder, "x"), "T-1", first)).rejects.toMatchObject({
    code: "git_failed",
  });
  await expect(gateway.addWorktree(join(folder, "x"), "--help", first)).rejects.toThrow("Not a branch name");
});

test("works in a bare repository", async () => {
  const { git, env, folder, root, first } = opened();
  git(["clone", "--quiet", "--bare", root, "../bare.git"]);
  const commonDir = join(folder, "bare.git");
  const gateway = createGit({ commonDir, env });
  const path = join(folder, "w");
  await gateway.addWorktree(path, "T-1", first);
  expect(await gateway.head(path)).toEqual({ branch: "refs/heads/T-1", commit: first });
  expect(await gateway.dirtyFiles(path)).toEqual([]);
  expect(await gateway.listWorktrees()).toMatchObject([{ path: commonDir, bare: true }, { path }]);
  expect(gateway.checkoutRoots()).toEqual([path]);
  expect(await gateway.defaultBranch()).toBe("main");
});

test("a pattern is excluded once, after a file without a line break at its end too", async () => {
  const { gateway, root } = opened();
  const path = join(root, ".git/info/exclude");
  rmSync(join(root, ".git/info"), { recursive: true });
  await gateway.exclude("/.worktrees/");
  await gateway.exclude("/.worktrees/");
  expect(readFileSync(path, "utf8")).toBe("/.worktrees/\n");
  copyFileSync(join(root, ".git/HEAD"), path);
  await gateway.exclude("/.worktrees/");
  expect(readFileSync(path, "utf8")).toBe("ref: refs/heads/main\n/.worktrees/\n");
});

test("advances a checkout with an index of its own; other dirty files stay; one in the way refuses", async () => {
  const { gateway, git, commit, write, root, folder, first } = opened();
  const to = commit("second", { "README.md": "two\n", "new/file": "x\n", gone: "" });
  git(["reset", "--quiet", "--hard", first]);
  write("mine", "dirty");
  git(["add", "mine"]);
  write("mine", "dirtier");
  const index = join(folder, "index");
  copyFileSync(join(root, ".git/index"), index);
  await gateway.advanceCheckout(root, { indexFile: index, from: first, to });
  expect(readFileSync(join(root, "README.md"), "utf8")).toBe("two\n");
  expect(readFileSync(join(root, "mine"), "utf8")).toBe("dirtier");
  git(["update-ref", "refs/heads/main", to]);
  renameSync(index, join(root, ".git/index"));
  expect(await gateway.dirtyFiles(root)).toEqual([{ path: "mine", state: "both" }]);
  copyFileSync(join(root, ".git/index"), index);
  write("README.md", "edited");
  await expect(
    gateway.advanceCheckout(root, { indexFile: index, from: to, to: first }),
  ).rejects.toMatchObject({ code: "git_failed" });
  expect(existsSync(join(root, "new/file"))).toBe(true);
});

test("a checkout that fails half-way names the reason, not the files that it has written by then", async () => {
  const { gateway, git, commit, root, folder, first } = opened();
  git(["config", "filter.broken.clean", "cat"]);
  const to = commit("second", { ".gitattributes": "z filter=broken\n", a: "new\n", z: "new\n" });
  git(["reset", "--quiet", "--hard", first]);
  git(["config", "filter.broken.smudge", "false"]);
  git(["config", "filter.broken.required", "true"]);
  const index = join(folder, "index");
  copyFileSync(join(root, ".git/index"), index);
  const advancing = gateway.advanceCheckout(root, { indexFile: index, from: first, to });
  await expect(advancing).rejects.toThrow("smudge filter broken failed");
});

test("the git directory of a working tree", async () => {
  const { gateway, folder, root, first } = opened();
  mkdirSync(join(folder, "plain"));
  await gateway.addWorktree(join(folder, "w"), "T-1", first);
  expect(await gateway.gitDirOf(root)).toBe(join(root, ".git"));
  expect(await gateway.gitDirOf(join(folder, "w"))).toBe(join(root, ".git/worktrees/w"));
  await expect(gateway.gitDirOf(join(folder, "plain"))).rejects.toMatchObject({ code: "git_failed" });
});
