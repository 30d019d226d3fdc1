import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

test("the hint for a worktree without its .git names a command that repairs it", async () => {
  const { root, folder, env, git } = scratchRepository();
  const worktree = join(folder, "linked");
  git(["worktree", "add", "--quiet", worktree, "-b", "linked"]);
  rmSync(join(worktree, ".git"));
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const failure = (await gateway.dirtyFiles(worktree).catch((error: unknown) => error)) as { hint: string };
  const command = /git .*$/.exec(failure.hint)?.[0] ?? "false";
  execFileSync("sh", ["-c", command], { cwd: root, env, stdio: "pipe" });
  expect(existsSync(join(worktree, ".git"))).toBe(true);
  expect(await gateway.dirtyFiles(worktree)).toEqual([]);
});

test("a file where a worktree was, or where its .git leads, is no worktree", async () => {
  const { root, folder, env, git } = scratchRepository();
  const worktree = join(folder, "linked");
  git(["worktree", "add", "--quiet", worktree, "-b", "linked"]);
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  writeFileSync(join(worktree, ".git"), `gitdir: ${join(root, ".git", "HEAD")}\n`);
  expect(await gateway.head(worktree)).toBe(undefined);
  renameSync(worktree, `${worktree}.old`);
  writeFileSync(worktree, "");
  expect(await gateway.head(worktree)).toBe(undefined);
});
