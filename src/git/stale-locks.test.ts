import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

test("W7: locks that a killed git left on refs go; one that is open, or nobody spoke of, stays", async () => {
  const { root, env, git } = scratchRepository();
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const lock = (name: string): string => join(root, ".git", `${name}.lock`);
  const left = ["packed-refs", "HEAD", "refs/heads/main"].map(lock);
  for (const path of [...left, lock("index"), lock("refs/heads/other")]) writeFileSync(path, "");
  const head = git(["rev-parse", "HEAD"]);
  await expect(gateway.deleteRef("refs/heads/main", head)).rejects.toMatchObject({ code: "git_failed" });
  const held = openSync(lock("refs/heads/held"), "w");
  expect((await gateway.findStaleLocks()).sort()).toEqual([
    "HEAD",
    "packed-refs",
    "refs/heads/main",
    "refs/heads/other",
  ]);
  await gateway.removeStaleLocks(["refs/heads/main", "refs/heads/held", "../../outside"]);
  closeSync(held);
  expect(left.filter((path) => existsSync(path))).toEqual([]);
  expect([lock("index"), lock("refs/heads/other"), lock("refs/heads/held")].filter(existsSync)).toHaveLength(
    3,
  );
  expect(await gateway.moveRef("refs/heads/new", head, undefined, "")).toBe(true);
});
