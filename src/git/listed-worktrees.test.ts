import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";
import { parseWorktrees } from "./parse-worktrees.ts";

test("worktrees are listed as git lists them, without starting it where nothing is unusual", async () => {
  const { root, env, git, folder } = scratchRepository();
  const commonDir = join(root, ".git");
  const alone = createGit({ commonDir, root, env: { ...env, PATH: "/nonexistent" } });
  const gateway = createGit({ commonDir, root, env });
  const byGit = () => parseWorktrees(git(["worktree", "list", "--porcelain", "-z"]));
  const same = async (read = alone): Promise<void> => {
    expect(await read.listWorktrees()).toEqual(byGit());
  };

  await same();
  for (const [name, ...words] of [
    ["b", "-b", "B"],
    ["a b", "--detach"],
    ["A\n-ü", "-b", "C"],
    ["unborn", "-b", "D"],
  ])
    git(["worktree", "add", "--quiet", ...words, join(folder, name ?? "")]);
  git(["symbolic-ref", "HEAD", "refs/heads/none"], join(folder, "unborn"));
  await same();
  git(["worktree", "lock", join(folder, "b")]);
  git(["worktree", "lock", "--reason", " two\nlines \t", join(folder, "a b")]);
  git(["pack-refs", "--all"]);
  git(["checkout", "--quiet", "--detach"]);
  await same();

  git(["symbolic-ref", "refs/heads/B", "refs/heads/main"]);
  await same(gateway);
  git(["symbolic-ref", "--delete", "refs/heads/B"]);
  writeFileSync(join(commonDir, "refs/heads/B"), `${"0".repeat(40)}\n`);
  await same(gateway);
  writeFileSync(join(commonDir, "refs/heads/B"), `${git(["rev-parse", "main"])}\n`);
  writeFileSync(join(commonDir, "worktrees/b/gitdir"), `${join(folder, "b/.git")} \n`);
  await same(gateway);
  writeFileSync(join(commonDir, "worktrees/b/gitdir"), `${join(folder, "b/.git")}\n`);
  await same();
  // From here on only git knows what it would prune, and why.
  rmSync(join(folder, "unborn"), { recursive: true });
  await expect(alone.listWorktrees()).rejects.toMatchObject({ code: "git_failed" });
  await same(gateway);
  mkdirSync(join(commonDir, "worktrees/broken"));
  await same(gateway);
  writeFileSync(join(commonDir, "worktrees/broken/gitdir"), "");
  await same(gateway);
});

test("a bare repository, one with its git directory elsewhere, and settings of each worktree", async () => {
  const { root, env, git, folder } = scratchRepository();
  const [bare, apart] = [join(folder, "bare.git"), join(folder, "apart")];
  git(["clone", "--quiet", "--bare", root, bare]);
  git(["worktree", "add", "--quiet", join(folder, "w")], bare);
  const listed = await createGit({ commonDir: bare, env }).listWorktrees();
  expect(listed).toEqual(parseWorktrees(git(["worktree", "list", "--porcelain", "-z"], bare)));
  git(["config", "extensions.worktreeConfig", "true"], bare);
  git(["config", "--unset", "core.bare"], bare);
  git(["config", "--file", join(bare, "config.worktree"), "core.bare", "true"], bare);
  expect(await createGit({ commonDir: bare, env }).listWorktrees()).toEqual(listed);
  git(["clone", "--quiet", "--separate-git-dir", join(folder, "apart.git"), root, apart]);
  const [main] = await createGit({ commonDir: join(folder, "apart.git"), root: apart, env }).listWorktrees();
  expect(main).toMatchObject({ path: apart, branch: "refs/heads/main", bare: false });
});
