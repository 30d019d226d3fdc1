import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function repositoryWith(...branches: string[]) {
  const scratch = scratchRepository();
  for (const branch of branches.filter((name) => name !== "main")) scratch.git(["branch", branch]);
  const keepMain = branches.includes("main");
  if (!keepMain) scratch.git(["checkout", "--quiet", "--detach"]);
  if (!keepMain) scratch.git(["branch", "-D", "main"]);
  const { root, env } = scratch;
  return { ...scratch, gateway: createGit({ commonDir: join(root, ".git"), root, env }) };
}

test("without a commit it is unborn, also when configured (M13)", async () => {
  const { root, env } = scratchRepository({ empty: true });
  const gateway = createGit({ commonDir: join(root, ".git"), env });
  const refusal = { code: "unborn_branch", hint: 'git commit --allow-empty -m "First commit"' };
  await expect(gateway.defaultBranch()).rejects.toMatchObject(refusal);
  await expect(gateway.defaultBranch("main")).rejects.toMatchObject(refusal);
});

test("the configured branch counts, and must exist", async () => {
  const { gateway } = repositoryWith("main-2", "release");
  expect(await gateway.defaultBranch("release")).toBe("release");
  for (const name of ["gone", "--help", "refs/heads/release"]) {
    await expect(gateway.defaultBranch(name), name).rejects.toMatchObject({ code: "default_branch_unknown" });
  }
});

test("the only branch, then init.defaultBranch, then the usual names in their order", async () => {
  const one = repositoryWith("odd");
  expect(await one.gateway.defaultBranch()).toBe("odd");
  const usual = repositoryWith("develop", "trunk", "x");
  expect(await usual.gateway.defaultBranch()).toBe("trunk");
  usual.git(["config", "init.defaultBranch", "x"]);
  expect(await usual.gateway.defaultBranch()).toBe("x");
  usual.git(["config", "init.defaultBranch", "absent"]);
  expect(await usual.gateway.defaultBranch()).toBe("trunk");
});

test("the branches of calm's worktrees are in no question, those of other worktrees are", async () => {
  const { gateway, git, root } = repositoryWith("odd", "SPEC-1", "SPEC-2");
  git(["config", "init.defaultBranch", "SPEC-1"]);
  git(["worktree", "add", "--quiet", join(root, ".worktrees/SPEC-1"), "SPEC-1"]);
  expect(await gateway.defaultBranch()).toBe("SPEC-1");
  git(["worktree", "add", "--quiet", join(root, "../SPEC-2"), "SPEC-2"]);
  expect(await gateway.defaultBranch()).toBe("SPEC-1");
  git(["worktree", "move", join(root, "../SPEC-2"), join(root, ".worktrees/SPEC-2")]);
  expect(await gateway.defaultBranch()).toBe("odd");
});

test("main stays the default branch where a person has it checked out beside the tasks", async () => {
  const { gateway, git, root } = repositoryWith("main", "x");
  git(["checkout", "--quiet", "--detach"]);
  git(["worktree", "add", "--quiet", join(root, ".worktrees/main"), "main"]);
  expect(await gateway.defaultBranch()).toBe("main");
});

test("an ambiguous one is refused and names the setting", async () => {
  const { gateway } = repositoryWith("x", "y");
  await expect(gateway.defaultBranch()).rejects.toMatchObject({
    code: "default_branch_unknown",
    message: expect.stringContaining("x, y") as string,
    hint: expect.stringContaining("`default_branch: <name>` in .calm/config.yaml") as string,
  });
});

test("origin/HEAD goes before the usual names; a leftover link says nothing; without a local branch it is told", async () => {
  const { gateway, git, root } = repositoryWith("main", "dev", "x");
  git(["update-ref", "refs/remotes/origin/dev", "refs/heads/dev"]);
  git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/dev"]);
  expect(await gateway.defaultBranch()).toBe("dev");
  git(["pack-refs", "--all"]);
  expect(await gateway.defaultBranch()).toBe("dev");
  git(["branch", "-D", "dev"]);
  await expect(gateway.defaultBranch()).rejects.toMatchObject({
    hint: expect.stringContaining("git branch --track dev origin/dev") as string,
  });
  git(["update-ref", "-d", "refs/remotes/origin/dev"]);
  writeFileSync(join(root, ".git/refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/dev\n");
  expect(await gateway.defaultBranch()).toBe("main");
});
