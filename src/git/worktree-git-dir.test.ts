import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
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
