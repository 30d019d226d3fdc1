import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { locateRepository } from "./location.ts";

test("W13: from the root, a subfolder and through a symbolic link it is the same place", async () => {
  const { root, folder, env } = scratchRepository();
  mkdirSync(join(root, "a/b"), { recursive: true });
  symlinkSync(root, join(folder, "link"));
  const commonDir = join(root, ".git");
  const place = { commonDir, gitDir: commonDir, worktree: root, root, bare: false };
  for (const cwd of [root, join(root, "a/b"), join(folder, "link"), join(folder, "link/a")]) {
    expect(await locateRepository(cwd, env), cwd).toEqual(place);
  }
});

test("inside of .git there is a repository but no working tree", async () => {
  const { root, git, env } = scratchRepository();
  git(["worktree", "add", "--quiet", "../w", "-b", "w"]);
  const commonDir = join(root, ".git");
  for (const inside of [".git", ".git/objects", ".git/refs/heads"]) {
    const found = await locateRepository(join(root, inside), env);
    expect(found, inside).toEqual({ commonDir, gitDir: commonDir, worktree: undefined, root, bare: false });
  }
  const entry = join(commonDir, "worktrees/w");
  expect(await locateRepository(entry, env)).toMatchObject({ commonDir, gitDir: entry, worktree: undefined });
});

test("a linked worktree belongs to the common directory; GIT_DIR of the caller does not count (W14)", async () => {
  const { root, folder, git, env } = scratchRepository();
  git(["worktree", "add", "--quiet", "../w", "-b", "w"]);
  const worktree = join(folder, "w");
  expect(await locateRepository(worktree, { ...env, GIT_DIR: "/nowhere", GIT_WORK_TREE: "/" })).toEqual({
    commonDir: join(root, ".git"),
    gitDir: join(root, ".git/worktrees/w"),
    worktree,
    root,
    bare: false,
  });
});

test("a bare repository, and a folder of worktrees around one (W12)", async () => {
  const { root, folder, git, env } = scratchRepository();
  const project = join(folder, "project");
  mkdirSync(project);
  git(["clone", "--quiet", "--bare", root, join(project, ".bare")]);
  const commonDir = join(project, ".bare");
  const bare = { commonDir, gitDir: commonDir, worktree: undefined, root: undefined, bare: true };
  expect(await locateRepository(commonDir, env)).toEqual(bare);
  writeFileSync(join(project, ".git"), "gitdir: ./.bare\n");
  expect(await locateRepository(project, env)).toEqual(bare);
  git(["worktree", "add", "--quiet", "main"], project);
  const worktree = join(project, "main");
  expect(await locateRepository(worktree, env)).toMatchObject({ commonDir, worktree, root: undefined });
});

test("a submodule and its worktrees know their main working tree (W11)", async () => {
  const { root, folder, git, env } = scratchRepository();
  git(["init", "--quiet", "-b", "main", join(folder, "outer")]);
  const outer = join(folder, "outer");
  git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", root, "sub"], outer);
  const sub = join(outer, "sub");
  const commonDir = join(outer, ".git/modules/sub");
  expect(await locateRepository(sub, env)).toEqual({
    commonDir,
    gitDir: commonDir,
    worktree: sub,
    root: sub,
    bare: false,
  });
  git(["worktree", "add", "--quiet", join(folder, "w"), "-b", "w"], sub);
  expect(await locateRepository(join(folder, "w"), env)).toMatchObject({ commonDir, root: sub });
});

test("--separate-git-dir", async () => {
  const { folder, root, env } = scratchRepository({ init: ["--separate-git-dir", "../elsewhere"] });
  const commonDir = join(folder, "elsewhere");
  expect(await locateRepository(root, env)).toMatchObject({ commonDir, worktree: root, root, bare: false });
});

test("outside, in a folder that is gone and below an empty .git there is none", async () => {
  const { folder, env } = scratchRepository();
  mkdirSync(join(folder, "plain/.git"), { recursive: true });
  for (const cwd of [folder, join(folder, "gone"), join(folder, "plain")]) {
    expect(await locateRepository(cwd, env), cwd).toBeUndefined();
  }
});

test("a worktree whose repository was moved is told apart from no repository (W5)", async () => {
  const { root, folder, git, env } = scratchRepository();
  git(["worktree", "add", "--quiet", "../w", "-b", "w"]);
  renameSync(root, join(folder, "moved"));
  await expect(locateRepository(join(folder, "w"), env)).rejects.toMatchObject({
    code: "not_a_repository",
    hint: expect.stringContaining("git worktree repair") as string,
  });
});
