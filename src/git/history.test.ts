import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";

function forked() {
  const scratch = scratchRepository();
  const { root, env, git, commit } = scratch;
  const base = git(["rev-parse", "HEAD"]);
  git(["checkout", "--quiet", "-b", "side"]);
  const side = commit("side %s \u001b[1m", { side: "1" });
  git(["checkout", "--quiet", "main"]);
  const second = commit("second", { a: "1" });
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  return { ...scratch, gateway, base, side, second };
}

test("ancestors, merge bases and counts", async () => {
  const { gateway, base, side, second, git } = forked();
  expect(await gateway.mergeBase(side, second)).toBe(base);
  expect(await gateway.isAncestor(base, side)).toBe(true);
  expect(await gateway.isAncestor(side, second)).toBe(false);
  expect(await gateway.aheadBehind("refs/heads/side", "refs/heads/main")).toEqual({ ahead: 1, behind: 1 });
  const tree = git(["rev-parse", "HEAD^{tree}"]);
  const unrelated = git(["commit-tree", tree, "-m", "unrelated"]);
  expect(await gateway.mergeBase(unrelated, base)).toBeUndefined();
  await expect(gateway.isAncestor("f".repeat(40), base)).rejects.toMatchObject({ code: "git_failed" });
  await expect(gateway.mergeBase("--help", base)).rejects.toThrow("Neither a full ref name");
});

test("a near merge base is what git says it is: on one line, behind a merge, under another clock, in a shallow clone", async () => {
  const { gateway, base, side, second, git, root, env } = forked();
  git(["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
  const merge = git(["rev-parse", "HEAD"]);
  const tree = git(["rev-parse", "HEAD^{tree}"]);
  const older = execFileSync("git", ["commit-tree", tree, "-p", merge, "-m", "older"], {
    cwd: root,
    env: { ...env, GIT_COMMITTER_DATE: "1990-01-01T00:00:00Z" },
    encoding: "utf8",
  }).trim();
  let far = older;
  for (let count = 0; count < 20; count++) far = git(["commit-tree", tree, "-p", far, "-m", `${count}`]);
  const commits = [base, side, second, merge, older, far];
  for (const one of commits)
    for (const other of commits) {
      const answer = git(["merge-base", "--all", one, other]).split("\n");
      expect(await gateway.mergeBases(one, other)).toEqual(answer);
    }
  // Where the history is cut off, git knows no parents, though the commits name them.
  writeFileSync(join(root, ".git/shallow"), `${merge}\n`);
  const shallow = createGit({ commonDir: join(root, ".git"), root, env });
  expect(await shallow.mergeBases(second, merge)).toEqual([]);
  // Nor by what was known before it was cut off.
  const informed = createGit({ commonDir: join(root, ".git"), root, env });
  informed.knowObjects(gateway.keptObjects());
  expect(await informed.mergeBases(second, merge)).toEqual([]);
});

test("first parents only", async () => {
  const { gateway, base, side, second, git } = forked();
  git(["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
  const tip = git(["rev-parse", "HEAD"]);
  expect(await gateway.isFirstParentAncestor(second, tip)).toBe(true);
  expect(await gateway.isFirstParentAncestor(base, tip)).toBe(true);
  expect(await gateway.isFirstParentAncestor(tip, tip)).toBe(true);
  expect(await gateway.isFirstParentAncestor(side, tip)).toBe(false);
  expect(await gateway.isFirstParentAncestor(tip, second)).toBe(false);
});

test("commits between, and trailers of merges", async () => {
  const { gateway, side, second, git } = forked();
  git(["config", "log.showSignature", "true"]);
  git(["config", "color.ui", "always"]);
  const short = git(["rev-parse", "--short", side]);
  expect(await gateway.commitsBetween(second, side, 5)).toEqual([`${short} side %s \u001b[1m`]);
  expect(await gateway.commitsBetween(second, side, 0)).toEqual([]);
  expect(await gateway.commitsBetween(side, side, 5)).toEqual([]);
  git(["merge", "--quiet", "--no-ff", "-m", "Merge\n\nCalm-Task: SPEC-012\nCalm-Op: x", "side"]);
  const tip = git(["rev-parse", "HEAD"]);
  for (const merged of [second, side, tip]) expect(await gateway.commitsBetween(tip, merged, 5)).toEqual([]);
  expect(await gateway.trailerValues(tip, "Calm-Task", "SPEC-")).toEqual(["SPEC-012"]);
  expect(await gateway.trailerValues(tip, "Calm-Task", "BUG-")).toEqual([]);
});
