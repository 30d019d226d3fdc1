import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchRepository } from "../../test/support/scratch-repository.ts";
import { createGit } from "./create-git.ts";
import type { Git } from "./git.ts";

function opened() {
  const scratch = scratchRepository();
  const { root, env, git } = scratch;
  const gateway = createGit({ commonDir: join(root, ".git"), root, env });
  return { ...scratch, gateway, first: git(["rev-parse", "HEAD"]), canary: join(scratch.folder, "canary") };
}

/** Every way of the gateway that starts git in, or for, a working tree. */
async function useEverything(gateway: Git, worktree: string, folder: string, from: string): Promise<void> {
  const tree = await gateway.treeOf(from);
  const to = await gateway.writeCommit({ tree, parents: [from], message: "next" });
  await gateway.moveRef("refs/heads/main", to, from, "test");
  await gateway.dirtyFiles(worktree);
  await gateway.dirtyAmong(worktree, ["README.md"]);
  await gateway.hiddenFiles(worktree, ["README.md"]);
  await gateway.addedLines(from, to);
  await gateway.changedFiles(from, to);
  await gateway.commitsBetween(from, to, 3);
  await gateway.previewMerge(from, to);
  await gateway.snapshot(worktree, "kept");
  await gateway.addWorktree(join(folder, "added"), "added", to);
  await gateway.cloneShared(join(folder, "room"));
  await gateway.resetClone(join(folder, "room"), to, []);
  rmSync(join(folder, "added"), { recursive: true });
  await gateway.forgetWorktree(join(folder, "added"));
  await gateway.deleteRef("refs/heads/added", to);
}

test("no hook, monitor, pager, external diff, signer or trace of repository, user or caller ever runs", async () => {
  const { root, env, folder, git, write, first, canary } = opened();
  const evil = join(folder, "evil");
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${canary}\n`);
  chmodSync(evil, 0o755);
  write("README.md", "changed\n");
  mkdirSync(join(folder, "hooks"));
  for (const hook of [
    "reference-transaction",
    "post-checkout",
    "post-index-change",
    "pre-commit",
    "post-rewrite",
  ]) {
    cpSync(evil, join(root, ".git/hooks", hook));
    cpSync(evil, join(folder, "hooks", hook));
  }
  const keys = [
    "core.fsmonitor",
    "core.pager",
    "diff.external",
    "core.editor",
    "core.askPass",
    "gpg.program",
  ];
  for (const key of keys) git(["config", key, evil]);
  git(["config", "core.attributesFile", join(folder, "attributes")]);
  writeFileSync(join(folder, "attributes"), "* diff=evil\n");
  git(["config", "diff.evil.textconv", evil]);
  git(["config", "diff.evil.command", evil]);
  for (const key of ["commit.gpgSign", "log.showSignature"]) git(["config", key, "true"]);
  git(["config", "core.hooksPath", join(folder, "hooks")]);
  const asking = { ...env, GIT_EXTERNAL_DIFF: evil, GIT_PAGER: evil, GIT_EDITOR: evil, GIT_TRACE: canary };
  const gateway = createGit({ commonDir: join(root, ".git"), root, env: asking });
  await useEverything(gateway, root, folder, first);
  expect(existsSync(canary) ? readFileSync(canary, "utf8") : "").toBe("");
});

test("W14: variables of a calling git lead nowhere", async () => {
  const { root, env, first } = opened();
  const other = scratchRepository();
  const theirs = join(other.root, ".git");
  const gateway = createGit({
    commonDir: join(root, ".git"),
    root,
    env: {
      ...env,
      GIT_DIR: theirs,
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: join(theirs, "index"),
      GIT_OBJECT_DIRECTORY: join(theirs, "objects"),
      GIT_COMMON_DIR: theirs,
      GIT_NAMESPACE: "x",
      GIT_PREFIX: "sub/",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.worktree",
      GIT_CONFIG_VALUE_0: other.root,
      GIT_ICASE_PATHSPECS: "1",
    },
  });
  other.commit("other", { "only-there": "x" });
  expect(await gateway.listFolder(first, "")).toEqual(["README.md"]);
  expect(await gateway.dirtyFiles(root)).toEqual([]);
  expect([...(await gateway.branches())]).toEqual([["main", first]]);
  await gateway.snapshot(root, "kept");
  expect(other.git(["status", "--porcelain"])).toBe("");
});

test("a rewritten .git file leads git nowhere: another repository, another worktree, the main one, a link", async () => {
  const { gateway, root, folder, first, canary, git, env } = opened();
  const worktree = join(folder, "w");
  await gateway.addWorktree(worktree, "T-1", first);
  await gateway.addWorktree(join(folder, "w2"), "T-2", first);
  git(["init", "--quiet", "../evil"]);
  git(["config", "core.fsmonitor", `touch ${canary}; false`], join(folder, "evil"));
  const common = join(root, ".git");
  const targets = [join(folder, "evil/.git"), join(common, "worktrees/w2"), common, join(folder, "none")];
  for (const target of targets) {
    writeFileSync(join(worktree, ".git"), `gitdir: ${target}\n`);
    expect(await gateway.head(worktree), target).toBeUndefined();
    const asks = [
      () => gateway.dirtyFiles(worktree),
      () => gateway.snapshot(worktree, "x"),
      () => gateway.gitDirOf(worktree),
    ];
    for (const ask of asks) {
      await expect(ask(), target).rejects.toMatchObject({ code: "git_failed" });
    }
  }
  rmSync(join(worktree, ".git"));
  symlinkSync(common, join(worktree, ".git"));
  const rootless = createGit({ commonDir: common, env });
  for (const one of [gateway, rootless]) expect(await one.head(worktree)).toBeUndefined();
  expect(existsSync(canary)).toBe(false);
});

test("core.worktree of the shared configuration cannot move the main working tree", async () => {
  const { gateway, git, folder, root, write, first } = opened();
  mkdirSync(join(folder, "evil"));
  git(["config", "core.worktree", join(folder, "evil")]);
  write("new", "x");
  expect(await gateway.dirtyFiles(root)).toEqual([{ path: "new", state: "untracked" }]);
  git(["config", "core.worktree", join(folder, "missing")]);
  expect(await gateway.dirtyFiles(root)).toEqual([{ path: "new", state: "untracked" }]);
  expect((await gateway.previewMerge(first, first)).clean).toBe(true);
});

test("replaced objects do not count: the content is that of the id", async () => {
  const { gateway, git, commit, first } = opened();
  const second = commit("second", { "README.md": "evil\n" });
  git(["replace", first, second]);
  expect(await gateway.readFile(first, "README.md")).toBe("hello\n");
  expect(git(["show", `${first}:README.md`])).toBe("evil");
});

test("a git that is missing, and one that is too old, are told as such", async () => {
  const { root, folder, env, first } = opened();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const commonDir = join(root, ".git");
  const none = createGit({ commonDir, root, env: { ...env, PATH: bin } });
  await expect(none.treeOf(first)).rejects.toMatchObject({
    code: "git_failed",
    hint: "Install git 2.38 or newer and put it on PATH",
  });
  const fake =
    '#!/bin/sh\ncase "$1" in version) echo "git version 2.30.1";; *) echo usage: x >&2; exit 129;; esac\n';
  writeFileSync(join(bin, "git"), fake);
  chmodSync(join(bin, "git"), 0o755);
  const old = createGit({ commonDir, root, env: { ...env, PATH: `${bin}:${env["PATH"] ?? ""}` } });
  await expect(old.previewMerge(first, first)).rejects.toMatchObject({ code: "git_too_old" });
});

test("an aborted signal ends a call and starts no other", async () => {
  const { root, env, first } = opened();
  const controller = new AbortController();
  const gateway = createGit({ commonDir: join(root, ".git"), root, env, signal: controller.signal });
  controller.abort("SIGINT");
  await expect(gateway.treeOf(first)).rejects.toBe("SIGINT");
});
