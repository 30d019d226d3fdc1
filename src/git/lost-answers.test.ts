import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
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
  const theirs = commit("theirs", { b: "1\n" }, worktree);
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
  ["diff-tree", (git, { base, ours }) => git.changedFiles(base, ours)],
  ["rev-list", (git, { ours, theirs }) => git.aheadBehind(ours, theirs)],
  ["log", (git, { ours, theirs }) => git.commitsBetween(ours, theirs, 10)],
  ["merge-base", (git, { ours, theirs }) => git.mergeBase(ours, theirs)],
])("an answer of git %s that was lost is none", async (verb, ask) => {
  const facts = deafRepository(verb);
  await expect(ask(facts.hearing, facts)).resolves.toBeDefined();
  await expect(ask(facts.deaf, facts)).rejects.toMatchObject({
    code: "git_failed",
    message: `git ${verb}: no answer`,
  });
});
