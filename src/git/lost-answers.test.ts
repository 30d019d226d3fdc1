import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";
import type { Git } from "./git.ts";

/** A repository with two branches and a linked worktree, and a git of which the answers to one verb are lost. */
function deafRepository(verb: string) {
  const { root, folder, env, git, commit } = scratchRepository();
  const [base, worktree] = [commit("base", { a: "1\n" }), join(folder, "linked")];
  git(["worktree", "add", "--quiet", worktree, "-b", "linked"]);
  const ours = commit("ours", { a: "2\n" });
  const theirs = commit("Merge\n\nCalm-Op: OP-1\nCalm-Task: T-1", { b: "1\n" }, worktree);
  git(["update-index", "--assume-unchanged", "a"], worktree);
  git(["branch", "--quiet", "--set-upstream-to=main", "linked"]);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  // It is lost as in a pipe that fails: git ends with 0 all the same.
  writeFileSync(
    join(bin, "git"),
    `#!/bin/sh\nPATH=${env["PATH"] ?? ""}\ncase " $* " in *" ${verb} "*) exec git "$@" >/dev/null;; esac\nexec git "$@"\n`,
  );
  chmodSync(join(bin, "git"), 0o755);
  const deaf = { ...env, PATH: `${bin}:${env["PATH"] ?? ""}` };
  const open = (own: typeof env): Git => createGit({ commonDir: join(root, ".git"), root, env: own });
  return { hearing: open(env), deaf: open(deaf), worktree, base, ours, theirs };
}

type Facts = ReturnType<typeof deafRepository>;

test.each<[verb: string, ask: (git: Git, facts: Facts) => Promise<unknown>]>([
  ["status", (git, { worktree }) => git.dirtyFiles(worktree)],
  ["status", (git, { worktree }) => git.dirtyAmong(worktree, ["a"])],
  ["status", (git, { worktree, base }) => git.strayFiles(worktree, base)],
  ["status", (git, { worktree }) => git.snapshot(worktree, "kept")],
  ["ls-tree", (git, { ours }) => git.filesOf(ours)],
  ["ls-tree", (git, { ours }) => git.filesBelow(ours, ["absent", "a"])],
  ["ls-tree", (git, { base, ours }) => git.overlayTree(base, ours, ["absent", "a"])],
  ["ls-files", (git, { worktree }) => git.hiddenFiles(worktree, ["."])],
  ["ls-files", (git, { worktree }) => git.hiddenFiles(worktree, ["a", "absent"])],
  ["ls-files", (git, { worktree }) => git.snapshot(worktree, "kept")],
  ["diff-tree", (git, { base, ours }) => git.changedFiles(base, ours)],
  ["diff-tree", (git, { base, ours }) => git.addedLines(base, ours)],
  ["rev-list", (git, { ours, theirs }) => git.aheadBehind(ours, theirs)],
  ["log", (git, { ours, theirs }) => git.commitsBetween(ours, theirs, 10)],
  ["log", (git, { theirs }) => git.calmMerges(theirs, undefined)],
  ["config", (git) => git.upstreamOf("linked")],
  ["for-each-ref", (git) => git.upstreamOf("linked")],
  ["merge-base", (git, { ours, theirs }) => git.mergeBase(ours, theirs)],
])("an answer of git %s that was lost is none", async (verb, ask) => {
  const facts = deafRepository(verb);
  await expect(ask(facts.hearing, facts)).resolves.toBeDefined();
  await expect(ask(facts.deaf, facts)).rejects.toMatchObject({
    code: "git_failed",
    message: `git ${verb}: no answer`,
  });
});

test("no answer is refused, or shortened, that git gives of a branch whose file is damaged", async () => {
  const { root, env, git, write } = scratchRepository();
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  write(".git/refs/heads/main", "");
  expect(await gateway.dirtyFiles(root)).toEqual([{ path: "README.md", state: "staged" }]);
  git(["rm", "--quiet", "--cached", "README.md"]);
  expect(await gateway.dirtyFiles(root)).toEqual([{ path: "README.md", state: "untracked" }]);
  rmSync(join(root, "README.md"));
  expect(await gateway.dirtyFiles(root)).toEqual([]);
});

test("trees whose folders have no files, as other programs than git make them, are told as what they are", async () => {
  const { root, env, commit } = scratchRepository();
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  const make = (input: string): string =>
    execFileSync("git", ["mktree"], { cwd: root, env, input, encoding: "utf8" }).trim();
  const empty = make("");
  const folders = make(`040000 tree ${make(`040000 tree ${empty}\tdeep\n`)}\tsub\n`);
  expect(await gateway.filesOf(empty)).toEqual([]);
  expect(await gateway.filesOf(folders)).toEqual([]);
  expect(await gateway.filesBelow(folders, ["sub", "sub/deep", "sub/deep/none", "none"])).toEqual([]);
  expect(await gateway.changedFiles(empty, folders)).toEqual([]);
  expect(await gateway.addedLines(empty, folders)).toEqual([]);
  const link = make(`160000 commit ${commit("of another repository")}\tinner\n`);
  expect(await gateway.filesOf(link)).toHaveLength(1);
});
